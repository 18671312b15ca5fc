"""Pure functions: points, carrying, diagnosis, counting, and the shape of a result."""
