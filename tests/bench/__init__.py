"""Measurements behind `make bench`: one table of ratios a run, no timed assertions."""
