"""A first draft of an exercise, from an nbgrader course's source notebook.

::

    source.ipynb ──► source.py (cells, and what they are for)
                        ├──► solution.py (stubs and parts) ──┐
                        └──► suite.py (asserts → criteria) ──┴──► draft.py ──► files

Nothing is run: code is parsed. What cannot be turned into ours is left as a ``TODO`` with its text.
"""
