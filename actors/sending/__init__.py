"""A text from its row to n8n and back: put on the schedule, claimed, posted, written down."""
