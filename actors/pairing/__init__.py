"""Matching an event: the batch, what a trial shows, other partners, and the introductions."""
