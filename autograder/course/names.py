"""Match the names that a notebook defines with the names that the course expects.

Learners rename things: `img2col`, `BatchNormalization`, `Conv2D`. A definition counts as the
expected one if its name differs only in case or underscores, or if `exercise.toml` lists it among
the part's `aliases`. An exact match always takes precedence, and a name that the course expects is
never matched with another expected name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from autograder.course.models import Part

Defined = Mapping[str, Sequence[str] | None]
"""What a notebook defines: function name → None, class name → its members."""

ALIAS = re.compile(r"\.?[A-Za-z_]\w*", re.ASCII)
"""``img2col`` for a function or class, ``.forward_pass`` (with a dot) for a method."""


def normalize(name: str) -> str:
    """Normalize what learners vary: case and underscores. Dunder names are left alone."""
    if name.startswith("__") and name.endswith("__"):
        return name
    return name.replace("_", "").casefold()


def owner_names(parts: Iterable[Part], defined: Defined) -> dict[str, str]:
    """Match expected functions and classes with those of a notebook.

    Args:
        parts: all parts to match.
        defined: what the notebook defines.

    Returns:
        Expected name → the notebook's name, without those that the notebook does not define under
        any spelling. Unless the names are equal, functions only match functions and classes only
        match classes.
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
        name = _best_match(owner, known, free)
        if name is not None:
            found[owner] = name
    return found


def method_names(parts: Iterable[Part], owner: str, members: Collection[str]) -> dict[str, str]:
    """Match a class's expected methods with those of the notebook's class.

    Args:
        parts: the parts of an exercise.
        owner: the class's expected name.
        members: members of the notebook's class.

    Returns:
        Expected name → the notebook's name, for renamed methods only.
    """
    wanted = {part.method: part for part in parts if part.owner == owner and part.method}
    found = {}
    for method, part in wanted.items():
        if method in members:
            continue
        known = [alias[1:] for alias in part.aliases if alias.startswith(".")]
        free = [member for member in members if member not in wanted]
        name = _best_match(method, known, free)
        if name is not None:
            found[method] = name
    return found


def _best_match(wanted: str, aliases: Sequence[str], names: Collection[str]) -> str | None:
    """The first of ``names`` that is another spelling of ``wanted`` or of one of its aliases."""
    by_form: dict[str, str] = {}
    for name in names:
        by_form.setdefault(normalize(name), name)
    for candidate in (wanted, *aliases):
        if candidate in names:
            return candidate
        if normalize(candidate) in by_form:
            return by_form[normalize(candidate)]
    return None
