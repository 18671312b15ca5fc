"""Definitions that wanted a name which was not there yet, for when all cells have run.

Cells are executed in any order while a notebook is written, and stand in another.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from . import timeouts
from .source import unwritten


@dataclass(frozen=True)
class Wanting:
    """One such definition, and where it stands."""

    cell: int
    position: int
    node: ast.stmt
    filename: str
    name: str | None
    """The name that it wants."""

    @property
    def defines(self) -> str | None:
        """The name that it defines, if it is a definition and not an assignment."""
        return getattr(self.node, "name", None)


def worth_a_retry(node: ast.stmt) -> bool:
    """A definition, or a method put onto a class, may want something that is defined below."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) for target in node.targets)
    return unwritten(node) is not None


@dataclass
class Again:
    """What waits for its name, in the order of the notebook."""

    waiting: list[Wanting] = field(default_factory=list)

    def run(
        self,
        statement: Callable[[ast.stmt, str, bool], None],
        own: Collection[str],
        skip: Collection[tuple[int, int]],
        progress: Callable[[int, int], None],
        stuck: Callable[[], object] | None,
    ) -> None:
        """Try them in rounds, as long as one of them succeeds; of what then is left, salvage.

        Args:
            statement: runs (node, filename, whether to salvage what can be had of it).
            own: names that need no second attempt; grows meanwhile.
            skip: places to leave out.
            progress: told (cell, position) before each.
            stuck: see `timeouts.limit`.
        """
        salvage = False
        while self.waiting:
            failed = []
            for one in self.waiting:
                if (one.cell, one.position) in skip or one.defines in own:
                    continue
                progress(one.cell, one.position)
                name = _attempt(one, statement, salvage, stuck)
                if name and not salvage:
                    failed.append(Wanting(one.cell, one.position, one.node, one.filename, name))
                salvage = False
            salvage = len(failed) == len(self.waiting)
            if salvage:  # first one that wants none of the others
                names = {one.defines for one in failed}
                failed.sort(key=lambda one: one.name in names)
            self.waiting = failed


def _attempt(
    one: Wanting,
    statement: Callable[[ast.stmt, str, bool], None],
    salvage: bool,
    stuck: Callable[[], object] | None,
) -> str | None:
    """Run it; the name that it still wants, or None. Any other problem was told with its cell."""
    try:
        with timeouts.limit(1.0, 5.0, stuck):
            statement(one.node, one.filename, salvage)
    except NameError as error:
        return error.name or "?"
    except BaseException:
        return None
    return None
