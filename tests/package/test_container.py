"""The container recipe is in step with the project: what it copies, installs, and says to run."""

from __future__ import annotations

import fnmatch
import re
import shlex
import tomllib

import pytest

from autograder.cli.parser import make_parser
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "containers.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def joined(text: str) -> list[str]:
    """Lines, with those that end in a backslash continued."""
    return re.sub(r"\s*\\\n\s*", " ", text).splitlines()


INSTRUCTIONS = [
    (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1])
    for line in joined((ROOT / "Dockerfile").read_text("utf-8"))
    if line.strip() and not line.startswith("#")
]
COPIED = [
    source
    for word, rest in INSTRUCTIONS
    if word == "COPY"
    for source in rest.split()[:-1]
]  # fmt: skip
DOCKER = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S)
    for line in joined(block)
    if line.startswith("docker")
]


def of(word: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == word]


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_exists_and_is_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*"
    assert any(fnmatch.fnmatch(source.rstrip("/"), rule[1:]) for rule in rules if rule[0] == "!")


def test_what_the_project_is_made_of_is_copied() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = {f"{package}/" for package in built["targets"]["wheel"]["packages"]}
    assert {*wheel, "solutions/", "tests/hidden/", "assignments/"} <= set(COPIED)


def test_the_python_is_pinned_and_one_that_we_support() -> None:
    (base,) = of("FROM")
    match = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-\w+", base)
    assert match, base
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {match[1]}" in project["classifiers"]


def test_it_installs_as_the_readme_does() -> None:
    """From the same pins, with the same options."""
    mine = " ".join(of("RUN"))
    theirs = re.findall(r"python -m pip install (.*)", README)
    assert len(theirs) == 2
    for options in theirs:
        assert f"pip install --no-cache-dir {options.strip()}" in mine


def test_nothing_runs_as_root() -> None:
    words = [word for word, _ in INSTRUCTIONS]
    (user,) = of("USER")
    assert f"useradd --create-home --uid {user} " in " ".join(of("RUN"))
    assert words.index("USER") > max(i for i, word in enumerate(words) if word == "RUN")
    assert of("ENTRYPOINT") == ['["autograder"]']


def test_the_page_builds_what_it_runs() -> None:
    tags = {command[3] for command in DOCKER if command[:3] == ["docker", "build", "--tag"]}
    assert tags == {"convgrade"}
    assert all("convgrade" in command for command in DOCKER)
    assert len(DOCKER) > 4


@pytest.mark.parametrize("command", DOCKER, ids=" ".join)
def test_a_documented_command_is_one_that_the_grader_understands(command: list[str]) -> None:
    if command[1] == "run":
        mounted = [option.split(":")[1] for option in command if ":/" in option]
        given = command[command.index("convgrade") + 1 :]
        options = make_parser().parse_args(given)
        paths = [
            *getattr(options, "paths", []), getattr(options, "out", None),
            getattr(options, "notebook", None),
        ]  # fmt: skip
        for path in filter(None, paths):
            assert any(str(path).startswith(folder) for folder in mounted)
