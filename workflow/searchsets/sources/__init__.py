"""Asks open services and websites, keeps what they answered, and reads what organisations sent."""
