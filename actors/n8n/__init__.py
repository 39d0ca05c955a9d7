"""The way to n8n: what is posted, how fast, signed by whom, and what its answers mean."""
