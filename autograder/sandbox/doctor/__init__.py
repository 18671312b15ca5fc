"""Find out which isolation level this machine supports, by attacking it."""
