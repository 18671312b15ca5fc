"""Which isolation level holds on this machine: found by attacking it, before and while grading."""
