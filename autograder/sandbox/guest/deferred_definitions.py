"""Retry definitions that needed an undefined name after all cells have run.

While a notebook is being written, its cells may be executed in an order that differs from the order
in the file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from . import timeouts
from .source import stub_names


class Statement(Protocol):
    """Runs a statement (`StudentNamespace.statement`)."""

    def __call__(self, node: ast.stmt, cell: int, *, partially: bool, piece: bool) -> None:
        """Run it."""


@dataclass(frozen=True)
class DeferredDefinition:
    """One such definition and its place in the notebook."""

    cell: int
    position: int
    node: ast.stmt
    piece: bool
    """Whether its cell does not parse."""

    missing: str | None
    """The name that was missing."""

    @property
    def defines(self) -> str | None:
        """The name that it defines, or None if it is an assignment."""
        return getattr(self.node, "name", None)


def may_be_deferred(node: ast.stmt) -> bool:
    """Whether a statement can be retried: a definition, or a method assigned to a class."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) for target in node.targets)
    return stub_names(node) is not None


@dataclass
class DeferredDefinitions:
    """Pending definitions, in the order of the notebook."""

    pending: list[DeferredDefinition] = field(default_factory=list)

    def run(
        self,
        statement: Statement,
        own: Collection[str],
        skip: Collection[tuple[int, int]],
        progress: Callable[[int, int], None],
        stuck: Callable[[], object] | None,
    ) -> None:
        """Retry in rounds for as long as one succeeds; then define the rest partially.

        Args:
            statement: `StudentNamespace.statement`.
            own: names that are defined already; grows meanwhile.
            skip: statements (cell, position) to leave out.
            progress: called with (cell, position) before each attempt.
            stuck: see `timeouts.limit`.
        """
        partially = False
        while self.pending:
            failed = []
            for deferred in self.pending:
                if (deferred.cell, deferred.position) in skip or deferred.defines in own:
                    continue
                progress(deferred.cell, deferred.position)
                missing = _attempt(deferred, statement, partially, stuck)
                if missing and not partially:
                    failed.append(replace(deferred, missing=missing))
                partially = False
            partially = len(failed) == len(self.pending)
            if partially:  # start with one that needs none of the others
                names = {deferred.defines for deferred in failed}
                failed.sort(key=lambda deferred: deferred.missing in names)
            self.pending = failed


def _attempt(
    deferred: DeferredDefinition,
    statement: Statement,
    partially: bool,
    stuck: Callable[[], object] | None,
) -> str | None:
    """Run it; return the name that is still missing, or None.

    Any other problem has been reported with its cell already.
    """
    try:
        with timeouts.limit(1.0, 5.0, stuck):
            statement(deferred.node, deferred.cell, partially=partially, piece=deferred.piece)
    except NameError as error:
        return error.name or "?"
    except BaseException:
        return None
    return None
