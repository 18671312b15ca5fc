"""The warm process that forks sessions and ends them: trusted, inside, never runs student code."""
