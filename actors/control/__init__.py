"""What organisers do to texts that are planned."""
