"""What runs in the student's process: untrusted; needs the standard library and numpy only."""
