"""What a review can and cannot claim: sentences, and the numbers that decide them."""
