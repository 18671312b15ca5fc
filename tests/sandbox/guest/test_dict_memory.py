"""Whether a dict has changed, told from its memory."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.guest import dict_memory
from autograder.sandbox.guest.dict_memory import ModuleSizes, fingerprint

KEYS = st.sampled_from(["a", "b", "c", 1, None])


def test_it_works_on_this_interpreter() -> None:
    assert dict_memory.WORKS


@pytest.fixture(params=[True, False], ids=["memory", "looked_at"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dict_memory, "WORKS", request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("size", [0, 1, 5, 50, 5000])
def test_changes_are_told(size: int) -> None:
    space: dict[Any, Any] = {f"name{number}": [number] for number in range(size)}
    first = fingerprint(space)
    assert fingerprint(space) == first
    for name in ("name0", "other"):
        space.get(name)
    assert fingerprint(space) == first
    space["one_more"] = 1
    assert fingerprint(space) != first
    for name in [*space][:1]:
        second, value = fingerprint(space), space[name]
        space[name] = [value]
        assert fingerprint(space) != second
        space[name] = value
        assert fingerprint(space) == second
        del space[name]
        assert fingerprint(space) != second


@given(st.dictionaries(KEYS, st.integers()), st.lists(st.tuples(KEYS, st.integers())))
def test_another_content_never_looks_the_same(
    space: dict[Any, Any], steps: list[tuple[Any, int]]
) -> None:
    seen: dict[object, list[tuple[Any, int]]] = {}
    for key, value in [(None, 0), *steps]:
        if key in space and value % 2:
            del space[key]
        else:
            space[key] = value
        content = [(key, id(value)) for key, value in space.items()]
        assert seen.setdefault(fingerprint(space), content) == content


class Plain:
    def __init__(self) -> None:
        self.x, self.y = 1, 2


@pytest.mark.usefixtures("way")
def test_the_dict_of_an_object_is_looked_at() -> None:
    thing = Plain()
    first = fingerprint(vars(thing))
    thing.x = 3
    assert fingerprint(vars(thing)) != first


@pytest.mark.usefixtures("way")
def test_names_in_modules_are_counted_without_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = ModuleSizes()
    first = sizes.now()
    vars(np.linalg)["__warningregistry__"] = {}
    try:
        assert sizes.now() == first
        monkeypatch.setattr(np.linalg, "memory", [], raising=False)
        assert sizes.now() != first
    finally:
        del vars(np.linalg)["__warningregistry__"]


def test_modules_that_are_loaded_later_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = ModuleSizes()
    later = types.ModuleType("later_module")
    monkeypatch.setitem(sys.modules, "later_module", later)
    first = sizes.now()
    vars(later)["__warningregistry__"] = {}
    assert sizes.now() == first
    later.memory = []
    assert sizes.now() != first
