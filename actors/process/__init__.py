"""What a worker process is by itself, whatever it works at: when it stops, whom it listens to."""
