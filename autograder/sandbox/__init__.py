"""Run a student's code behind a wall: only values cross it. See docs/isolation.md."""
