"""What is installed: pyproject.toml says what is needed, constraints/ says exactly which."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from autograder import DISTRIBUTION
from tests.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FILES = ("run", "dev")

Pins = dict[str, set[Version]]


def text_of(name: str) -> str:
    return (ROOT / "constraints" / f"{name}.txt").read_text()


def pins(name: str) -> Pins:
    """The versions of every package; some have one for old and one for new Pythons."""
    found: Pins = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text_of(name), re.M):
        found.setdefault(canonicalize_name(package), set()).add(Version(version))
    return found


def wanted(*extras: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for, extras that name other extras taken apart."""
    yield from map(Requirement, PROJECT["project"]["dependencies"])
    for extra in extras:
        for text in PROJECT["project"]["optional-dependencies"][extra]:
            requirement = Requirement(text)
            if requirement.name == DISTRIBUTION:
                yield from wanted(*requirement.extras)
            else:
                yield requirement


def closure(requirements: Iterable[Requirement]) -> set[str]:
    """Names of the packages with all that they need, on any system, as far as installed here."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found.add(name)
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        waiting += [need for need in map(Requirement, needs) if "extra" not in str(need.marker)]
    return found


BUILD = [Requirement(text) for text in PROJECT["build-system"]["requires"]]


@pytest.mark.parametrize(("name", "extras"), [("run", ()), ("dev", ("dev",))])
def test_what_the_project_asks_for_is_pinned_to_a_version_that_it_allows(name, extras):
    pinned = pins(name)
    for requirement in [*wanted(*extras), *BUILD]:
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name}: not in constraints/{name}.txt. Run `make pins`"
        assert all(version in requirement.specifier for version in versions), requirement


def test_the_build_requirements_are_the_same_in_both_places():
    lines = (ROOT / "constraints" / "build.in").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [str(r) for r in BUILD]


def test_grading_installs_only_what_it_needs_and_that_is_little():
    assert set(pins("run")) <= closure([*wanted(), *BUILD]), "not needed any more: `make pins`"
    assert len(pins("run")) <= 30


def test_both_files_agree_so_that_testing_adds_and_changes_nothing():
    run, dev = pins("run"), pins("dev")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_hashes_and_no_host_is_named(name):
    entries = re.split(r"^(?=[\w.-]+==)", text_of(name), flags=re.M)
    head, *entries = entries
    assert not head.strip()
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|@ ", text_of(name))
