"""The wall around a process: namespaces, Landlock, system calls, limits. Trusted code."""
