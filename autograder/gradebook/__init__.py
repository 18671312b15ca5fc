"""nbgrader's gradebook: results go in, and points and comments given in formgrader come back.

::

    gradebook.db ──► nbgrader.read ──┐
    corrections.csv ─────────────────┼──► merge.py ──► corrections.csv
    gradebook.json (last time) ──────┘
    results, corrections.csv ──► entries.py ──► nbgrader.write ──► gradebook.db, autograded/

A criterion is a cell in nbgrader's gradebook. Its ``auto_score`` is what the grader gave; what an
instructor has decided, here or in formgrader, is its ``manual_score``.
"""
