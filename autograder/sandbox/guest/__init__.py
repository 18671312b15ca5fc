"""Code in the student's process: untrusted; needs only the standard library and numpy."""
