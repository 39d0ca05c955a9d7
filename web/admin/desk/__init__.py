"""The desk of one event: what its day needs, on one page that keeps itself up to date."""
