"""Confine a process: namespaces, Landlock, seccomp, resource limits. Trusted code."""
