"""The options of the commands for course authors; see `autograder.cli.parser` for the others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.cli import options
from autograder.text import LANGUAGES

Command = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command, by its name and what it does."""


def generate(command: Command) -> None:
    """``autograder generate``."""
    parser = command("generate", "Generate the students' notebooks from the solutions.")
    options.exercises(parser)
    parser.add_argument("--lang", choices=LANGUAGES, help="one language only")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="output folder (default: assignments/)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if any notebook is out of date"
    )
    parser.add_argument(
        "--provide-earlier", action="store_true", help="fill in solutions of earlier exercises"
    )
    parser.add_argument(
        "--solutions",
        action="store_true",
        help="instead, the notebooks with their solutions, for after the deadline (needs --out)",
    )


def publish(command: Command) -> None:
    """``autograder publish``."""
    parser = command("publish", "Write what students may see into a folder outside of the course.")
    parser.add_argument(
        "out", type=Path, metavar="DIR", help="such as a clone of the students' repository"
    )
    parser.add_argument(
        "exercises",
        nargs="*",
        metavar="EXERCISE",
        help="such as 02_im2col (default: all; with --solutions or --provide-earlier, those that "
        "are in DIR). What was published there before stays",
    )
    parser.add_argument("--lang", choices=LANGUAGES, help="one language only")
    parser.add_argument(
        "--solutions",
        action="append",
        metavar="EXERCISE",
        help="publish the solutions of this exercise, too; may be repeated",
    )
    parser.add_argument(
        "--provide-earlier",
        action="append",
        metavar="EXERCISE",
        help="publish this exercise also with earlier parts filled in; may be repeated",
    )


def new(command: Command) -> None:
    """``autograder new``."""
    parser = command("new", "Begin a course or an exercise with small, complete files.")
    parser.add_argument("what", choices=("course", "exercise"), help="what to begin")
    parser.add_argument("name", metavar="NAME", help="a new folder, or an id such as 02_mean")
    parser.add_argument(
        "--lang",
        action="append",
        choices=LANGUAGES,
        help="a language of the new course, the first one first (default: all)",
    )


def verify(command: Command) -> None:
    """``autograder verify``."""
    parser = command("verify", "Check that the course itself is correct.")
    options.exercises(parser)
    parser.add_argument(
        "--diagnosis",
        action="store_true",
        help="instead, put each known mistake into the solution: is it named, and no other?",
    )
    parser.add_argument(
        "--mutants",
        action="store_true",
        help="instead, change the teaching solutions by machine: the hidden suites must notice",
    )
    options.jobs(parser)
    options.sandbox(parser)


def import_course(commands: argparse._SubParsersAction[Any]) -> None:
    """``autograder import``."""
    text = "Draft a course from another system's notebooks."
    parser = commands.add_parser("import", help=text, description=text)
    parser.add_argument("system", choices=("nbgrader",), help="whose notebooks they are")
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="a notebook, or a folder such as source/ps1"
    )
    options.output(parser, "the new course's folder")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="the language of their text (default: en)"
    )
