"""What runs behind the wall with the student's code: untrusted; standard library and numpy only."""
