"""Telling the organiser that something needs them."""
