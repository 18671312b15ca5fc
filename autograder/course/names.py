"""Which of a notebook's names is meant by a name that the course asks for.

Learners rename: `img2col`, `BatchNormalization`, `Conv2D`. What they wrote counts under the name
that the course asks for when it differs in case or underscores alone, or when `exercise.toml` lists
it among the part's `aliases`. The exact name always comes first, and no name that the course asks
for is ever taken for another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from autograder.course.models import Part

Defined = Mapping[str, Sequence[str] | None]
"""What a notebook defines: a function's name → None, a class's name → its members."""

ALIAS = re.compile(r"\.?[A-Za-z_]\w*", re.ASCII)
"""``img2col`` for a function or class, ``.forward_pass`` (with the dot) for a method."""


def normal(name: str) -> str:
    """A name without what learners vary at will: case and underscores.

    Names of the form ``__call__`` are Python's own and stay as they are.
    """
    if name.startswith("__") and name.endswith("__"):
        return name
    return name.replace("_", "").casefold()


def owner_names(parts: Iterable[Part], defined: Defined) -> dict[str, str]:
    """The names under which a notebook has what the parts ask for.

    Args:
        parts: all parts that may be meant.
        defined: what the notebook defines.

    Returns:
        The course's name → the notebook's. What the notebook does not define in any spelling is
        left out. A function is never taken for a class, nor the other way round, unless it has the
        very name.
    """
    aliases: dict[str, list[str]] = {}
    classes = set()
    for part in parts:
        known = aliases.setdefault(part.owner, [])
        known += [alias for alias in part.aliases if not alias.startswith(".")]
        if part.method:
            classes.add(part.owner)
    found = {owner: owner for owner in aliases if owner in defined}
    for owner, known in aliases.items():
        if owner in found:
            continue
        free = [
            name
            for name, members in defined.items()
            if (members is not None) == (owner in classes) and name not in aliases
        ]
        name = _spelt(owner, known, free)
        if name is not None:
            found[owner] = name
    return found


def method_names(parts: Iterable[Part], owner: str, members: Collection[str]) -> dict[str, str]:
    """The course's names of a class's methods → those that the notebook's class has instead.

    Args:
        parts: the parts of an exercise.
        owner: the class, by the course's name.
        members: what the notebook's class has.

    Returns:
        Only methods that have another name there.
    """
    wanted = {part.method: part for part in parts if part.owner == owner and part.method}
    found = {}
    for method, part in wanted.items():
        if method in members:
            continue
        known = [alias[1:] for alias in part.aliases if alias.startswith(".")]
        free = [member for member in members if member not in wanted]
        name = _spelt(method, known, free)
        if name is not None:
            found[method] = name
    return found


def _spelt(wanted: str, aliases: Sequence[str], names: Collection[str]) -> str | None:
    """The first of ``names`` that is ``wanted`` in another spelling."""
    by_form: dict[str, str] = {}
    for name in names:
        by_form.setdefault(normal(name), name)
    for candidate in (wanted, *aliases):
        if candidate in names:
            return candidate
        if normal(candidate) in by_form:
            return by_form[normal(candidate)]
    return None
