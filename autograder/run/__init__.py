"""Grade one submission or a whole class, and store the results."""
