"""Submissions made from the course itself: for `verify`, which proves it, and for `demo`."""
