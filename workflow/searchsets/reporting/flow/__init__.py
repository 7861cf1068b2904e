"""The flow of records: where each record stands, the boxes counted from that, their drawing."""
