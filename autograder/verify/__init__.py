"""Proof that the course is right: solutions lose nothing, stubs all, mistakes what they say."""
