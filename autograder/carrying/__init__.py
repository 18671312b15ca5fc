"""Errors carried forward: code that builds on a wrong earlier part is graded with a right one."""
