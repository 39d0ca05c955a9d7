"""Taking people in from a file, and forgetting them."""
