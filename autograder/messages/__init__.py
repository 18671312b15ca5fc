"""What was found, in words: the one place in which sentences for students are written.

Other rooms hand over facts, and this one says them in every language of the kit::

    suite.facts (what a test found) ───────► criteria.py ──► criteria.toml ──┐
    suite.remarks (what else to know) ─────► remarks.py ───► criteria.toml ──┤
    errors.FileFault (an unreadable file) ─► files.py ─────► files.toml ─────┤
    ingest.hand_ins (which file counts) ───► hand_ins.py ──► hand_ins.toml ──┼─► Text(en=…, ja=…)
    report (headings, statuses, advice) ───► pages.py ─────► pages.toml ─────┘

In a catalogue (``*.toml``) the languages of a message are side by side under its key. Another
language is one more line under each key, and one more entry in `autograder.text.LANGUAGES`; a test
says which keys lack it and whose placeholders differ.

A new kind of finding is a frozen dataclass in `autograder.suite.facts`, a function for it in
`criteria.py` and its key in ``criteria.toml``. What the exercise's reveal policy hides is decided
here as well, for the message and for the counterexample: nothing else shows a fact to a student.
"""
