"""Turn facts into messages: all sentences for students are written here.

Other packages pass facts, and this one expresses them in every supported language::

    suite.facts (what a test found) ───────► criteria.py ──► criteria.toml ──┐
    suite.remarks (what else to know) ─────► remarks.py ───► criteria.toml ──┤
    errors.FileFault (an unreadable file) ─► files.py ─────► files.toml ─────┤
    ingest.hand_ins (which file counts) ───► hand_ins.py ──► hand_ins.toml ──┼─► Text(en=…, ja=…)
    report (headings, statuses, advice) ───► pages.py ─────► pages.toml ─────┘

In a catalogue (``*.toml``), the languages of a message are side by side under its key. To add a
language, add a line under each key and an entry in `autograder.text.LANGUAGES`; a test reports
missing keys and differing placeholders.

To add a kind of finding, write a frozen dataclass in `autograder.suite.facts`, a function in
`criteria.py` and a key in ``criteria.toml``. The exercise's reveal policy is applied here as well,
to messages and counterexamples: no other package shows facts to students.
"""
