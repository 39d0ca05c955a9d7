"""What the planner does in a look: wake-ups for all that is due, and for what was lost."""
