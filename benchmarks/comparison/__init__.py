"""One assignment for several graders: its description, a writer for each, what each takes.

`benchmarks/graders.py` is the command.
"""
