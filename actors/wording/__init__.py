"""What our own texts say, and how long they are. Pure."""
