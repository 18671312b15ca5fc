"""Tell whether criteria that shared a process left the notebook's own state as it was.

Criteria may share a process only if none can help another. So before the first and after the last,
everything that the notebook's code could use to remember something is recorded (`reachable`); and,
less thoroughly, what it may have left elsewhere in the process (names in modules, `process_state`).
If the two records differ, or anything cannot be inspected, outcomes from the shared process do not
count.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from . import process_state
from .dict_memory import ModuleSizes, fingerprint
from .plain_code import is_plain
from .reachable import Reachable, Record


@functools.lru_cache(maxsize=1)
def _modules() -> ModuleSizes:
    return ModuleSizes()


def remember_modules() -> None:
    """Remember which modules there are, once for all processes that are forked from this one."""
    _modules.cache_clear()
    _modules()


class State:
    """What the notebook's code can remember, as it was when this was made.

    Args:
        spaces: the notebook's globals, those of modules that it wrote, and other names it can use.
        libraries: the names of modules that it could change, but did not write.
    """

    def __init__(
        self, spaces: Sequence[Mapping[str, Any]], libraries: Sequence[dict[str, Any]] = ()
    ) -> None:
        self._spaces = spaces
        self._libraries = libraries
        self._first = Reachable(spaces)
        self._record = self._with_process_state(self._first)

    def restart_generators(self) -> None:
        """Make the notebook's own random generators draw again what they would have drawn first."""
        for restart in self._first.generators:
            restart()

    def is_unchanged(self) -> bool:
        """Whether everything is as it was, and could be inspected."""
        self.restart_generators()
        now = self._with_process_state(Reachable(self._spaces))
        return now is not None and now == self._record

    def is_plain(self) -> bool:
        """Whether the notebook's code can keep state only where it is seen here."""
        return is_plain(self._first)

    def _with_process_state(self, reachable: Reachable) -> Record | None:
        """What there is in the notebook and around it; None if something cannot be inspected."""
        if reachable.record is None:
            return None
        libraries = list(map(fingerprint, self._libraries))
        return [*reachable.record, libraries, _modules().now(), *process_state.now()]
