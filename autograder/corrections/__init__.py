"""The instructor's corrections: ``OUT/corrections.csv``.

A result.json says what the grader found and is never edited. What the instructor decides about it
is in a table beside the results, so it survives every grading run::

    corrections.csv ──► table.py (cells) ──► resolve.py (who and what is meant) ──┐
    results ──► verdict.reweigh (points of exercise.toml) ──► apply.py ◄──────────┘
                                                                 │
                                                                 ▼
                                        report: pages and grades.csv

Everything but `read.py` is pure.
"""
