"""Which statement of a notebook runs: a page of memory that the session writes and the host reads.

A message for each statement would make two processes take turns, which takes longer than most
statements. So the session only writes the position down, and the host looks when it wants to know:
after the process has died, while it is waiting. The student's code can write to the page as well,
as it can to the socket: what is read is checked, and at worst a wrong statement is blamed.
"""

from __future__ import annotations

import struct

SIZE = 4096
LAYOUT = struct.Struct("<iii")
"""Whether anything has been written (`WRITTEN`), the cell's index, the position in it."""

WRITTEN = 0x706F73

READING, AFTERWARDS = -1, -2
"""The positions while a cell is parsed, before any of it runs, and, once all have run, while their
definitions are collected."""
