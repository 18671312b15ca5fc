"""The reference library."""
