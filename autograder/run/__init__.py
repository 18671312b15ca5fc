"""Grade one submission, or a class of them, and keep the results."""
