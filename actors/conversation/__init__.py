"""What people write and what comes of it; `replies` is the way in, `follow_up` the way on."""
