"""What was found, in words: the one place in which sentences for students are written.

Other rooms hand over facts, and this one says them in every language of the kit::

    autograder.suite.facts.Fact ──────► criteria.py ──► criteria.toml ─┐
    autograder.ingest FileFault ──────► files.py ─────► files.toml ────┼─► Text(en=…, ja=…)
    autograder.report (pages) ────────► pages.py ─────► pages.toml ────┘

In a catalogue (``*.toml``) the languages of a message are side by side under its key. Another
language is one more line under each key, and one more entry in `autograder.text.LANGUAGES`; a test
says which keys lack it and whose placeholders differ.

A new kind of finding is a frozen dataclass in `autograder.suite.facts`, a function for it in
`criteria.py` and its key in ``criteria.toml``. What the exercise's reveal policy hides is decided
here as well, for the message and for the counterexample: nothing else shows a fact to a student.
"""
