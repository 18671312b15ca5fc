"""Submissions generated from the course itself, for `verify` and `demo`."""
