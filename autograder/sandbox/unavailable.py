"""The error of a machine, or an installation, that cannot give what was asked for."""

from __future__ import annotations


class SandboxUnavailable(Exception):
    """Students' code cannot be run the way it should be.

    Attributes:
        what: what is wrong, in one line.
        mend: what to do about it, in one line.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}. {mend[:1].upper()}{mend[1:]}.")
        self.what = what
        self.mend = mend
