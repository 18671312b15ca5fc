"""The ``autograder`` command: parsing, and turning errors into a line and an exit status.

Exit status: 0 the work was done (low grades are no error), 1 something could not be done (named on
standard error), 2 wrong usage. What each command does stands in `autograder.commands`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn


class Failure(Exception):
    """Something could not be done; ``str()`` says what is wrong, where, and what to do."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit."""
    options = _parser().parse_args(arguments)
    try:
        command = importlib.import_module(f"autograder.commands.{options.command}")
        status = command.run(options)
    except Failure as failure:
        print(f"autograder: {failure}", file=sys.stderr)
        status = failure.status
    except KeyboardInterrupt:
        print("\nautograder: stopped. What was finished is kept; run it again.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as error:
        status = _unexpected(error)
    sys.exit(status)


def _unexpected(error: Exception) -> int:
    """Errors with a message of their own say it; for a bug, keep the traceback in a file."""
    from autograder.course.records import CourseError

    if isinstance(error, CourseError):
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        print(f"autograder: {where}{error.strerror}", file=sys.stderr)
        return 1
    if os.environ.get("AUTOGRADER_TRACEBACK"):
        raise error
    print(
        f"autograder: this is a bug of the grader ({type(error).__name__}: {error}). "
        "Run again with AUTOGRADER_TRACEBACK=1 and report what it prints.",
        file=sys.stderr,
    )
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Grades notebooks of a course; see the README."
    )
    parser.add_argument("--version", action="version", version=f"convkit {version('convkit')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--course",
            type=Path,
            metavar="DIR",
            help="the course's folder (else the nearest one upwards that holds solutions/)",
        )
        return sub

    generate = command("generate", "Write the students' notebooks from the solutions.")
    generate.add_argument("exercises", nargs="*", metavar="EXERCISE")
    generate.add_argument("--lang", choices=("en", "ja"), help="one language only")
    generate.add_argument("--out", type=Path, metavar="DIR", help="instead of assignments/")
    generate.add_argument(
        "--check", action="store_true", help="write nothing; fail when what stands there is stale"
    )
    generate.add_argument(
        "--provide-earlier", action="store_true", help="fill in the parts of earlier notebooks"
    )

    check = command("check", "Grade one notebook and print a table.")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    check.add_argument("--exercise", metavar="ID")
    check.add_argument("--lang", choices=("en", "ja"), default="en")
    _sandbox(check)

    grade = command("grade", "Grade notebooks: one, a folder of them, or a class's folders.")
    grade.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    grade.add_argument("--out", type=Path, required=True, metavar="DIR")
    grade.add_argument("--exercise", metavar="ID")
    grade.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N")
    grade.add_argument("--lang", choices=("en", "ja"), default="en")
    _sandbox(grade)

    verify = command("verify", "Prove that the course itself is right.")
    verify.add_argument("exercises", nargs="*", metavar="EXERCISE")
    verify.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N")
    _sandbox(verify)

    report = command("report", "Build the pages of graded results again.")
    report.add_argument("out", type=Path, metavar="DIR")
    report.add_argument("--lang", choices=("en", "ja"), default="en")

    command("doctor", "Try out what isolation holds on this machine.")

    demo = command("demo", "Make up a class, hand in, grade it, and write the report.")
    demo.add_argument("--students", type=_count, default=24, metavar="N")
    demo.add_argument("--out", type=Path, required=True, metavar="DIR")
    demo.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N")
    demo.add_argument("--lang", choices=("en", "ja"), default="en")
    _sandbox(demo)
    return parser


def _sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust-students",
        action="store_true",
        help="grade even where nothing keeps students' code from the files of this machine",
    )
    parser.add_argument(
        "--isolation",
        choices=("full", "namespaces", "container", "limits"),
        help="this level instead of the strongest that holds here (see doctor)",
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
