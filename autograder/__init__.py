"""Grades notebooks: see docs/architecture.md for the rooms and the way data flows."""

__version__ = "0.1.0"

DISTRIBUTION = "convgrade"
"""The name under which pip knows this program: `convkit` is somebody else's there."""
