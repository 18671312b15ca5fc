"""What it costs to load a notebook again, which decides whether its own process may be used up.

Criteria are usually answered in forks of the process that ran the cells. That process itself may
answer them if the notebook can be loaded again for less than a fork costs; and it has to if
functions need threads that cells have started, which are not in a fork.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHEAP_S = 0.02
"""CPU seconds that cells may take if they may have to be run again (`Session.once`)."""

RELOAD_S = 0.5
"""Seconds that loading may take, of CPU time and of wall time, for a notebook whose threads are
needed: it is loaded for each process, of which there may be one for each criterion."""

RELOADS_S = 20.0
"""Seconds of wall time for all of that; after that the notebook is forked like any other."""


@dataclass
class ReloadCost:
    """How long loading has taken, and what it has left running.

    Attributes:
        has_threads: whether threads that cells started were running when all had run. They are not
            in a fork.
    """

    has_threads: bool = False
    _cpu_s: float | None = None
    _last_s: float = 0.0
    _all_s: float = 0.0

    def reported(self, message: Mapping[str, Any]) -> None:
        """Take what the guest says, which is not trusted: ``threads`` and ``cpu_s``."""
        cpu_s = message.get("cpu_s")
        self.has_threads = message.get("threads") is True
        self._cpu_s = cpu_s if type(cpu_s) is float and cpu_s >= 0 else None

    def took(self, seconds: float) -> None:
        """Take how long loading took, measured by the host."""
        self._last_s = seconds
        self._all_s += seconds

    @property
    def is_cheap(self) -> bool:
        """Whether it may be loaded again instead of being forked."""
        return self._cpu_s is not None and self._cpu_s < CHEAP_S

    @property
    def needs_its_threads(self) -> bool:
        """Whether it is loaded again, and not forked, because threads of its cells are needed.

        A function may give work to a thread that a cell has started, or wait for a lock that such a
        thread holds. A notebook gains nothing by lying about this, and how long it takes is
        measured by the host.
        """
        is_quick = self._cpu_s is not None and max(self._cpu_s, self._last_s) < RELOAD_S
        return self.has_threads and is_quick and self._all_s < RELOADS_S
