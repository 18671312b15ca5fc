"""Errors carried forward: what builds on a wrong earlier part is graded with a right one."""
