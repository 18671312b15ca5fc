"""The class page while a run is going on: written now and then, and marked as unfinished.

A page takes seconds for a large class. So it is written every `EVERY_S` at most, and so rarely that
this takes no more than `SHARE` of the run. A run that is killed leaves the last one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_S = 30.0
SHARE = 0.05


@dataclass
class Interim:
    """Decides when a page is due.

    Attributes:
        write: writes the page, given how many submissions are done.
        clock: seconds.
    """

    write: Callable[[int], object]
    clock: Callable[[], float] = time.monotonic
    _due: float = field(init=False)

    def __post_init__(self) -> None:
        self._due = self.clock() + EVERY_S

    def after(self, done: int) -> None:
        """Write the page if it is due.

        Raises:
            OSError: it cannot be written.
        """
        began = self.clock()
        if began < self._due:
            return
        self.write(done)
        ended = self.clock()
        self._due = ended + max(EVERY_S, (ended - began) / SHARE)
