"""Options that several commands have, or that take a type of their own."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from autograder.cli.min_score import MinScore
from autograder.text import LANGUAGES


def exercises(parser: argparse.ArgumentParser) -> None:
    """Any number of exercises."""
    parser.add_argument(
        "exercises", nargs="*", metavar="EXERCISE", help="such as 02_im2col (default: all)"
    )


def exercise(parser: argparse.ArgumentParser) -> None:
    """One exercise, for files whose names do not contain it."""
    parser.add_argument("--exercise", metavar="ID", help="the exercise, if file names do not tell")


def exercise_only(parser: argparse.ArgumentParser) -> None:
    """One exercise, which the command is restricted to."""
    parser.add_argument("--exercise", metavar="ID", help="this exercise only")


def class_list(parser: argparse.ArgumentParser) -> None:
    """The class, and where it has been collected."""
    parser.add_argument(
        "--roster", type=Path, metavar="FILE",
        help="the class: id,name,email or a platform's export (default: that of `collect`)",
    )  # fmt: skip
    parser.add_argument(
        "--submitted", type=Path, metavar="DIR",
        help="the --out of `collect` (default: found from the files that were graded)",
    )  # fmt: skip


def output(parser: argparse.ArgumentParser, text: str) -> None:
    """The folder that is written to."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=text)


def gradebook(parser: argparse.ArgumentParser) -> None:
    """nbgrader's database."""
    parser.add_argument(
        "--gradebook",
        metavar="URL",
        help="nbgrader's database, such as sqlite:///gradebook.db: results are written there, and "
        "points and comments given in formgrader are taken into corrections.csv",
    )


def jobs(parser: argparse.ArgumentParser) -> None:
    """The number of worker processes."""
    processors = os.cpu_count() or 1
    parser.add_argument(
        "--jobs",
        type=positive,
        default=processors,
        metavar="N",
        help=f"worker processes (default {processors}, the number of processors; "
        "at most twice as many are started)",
    )


def cluster(parser: argparse.ArgumentParser) -> None:
    """A Dask cluster, and how to reach it."""
    group = parser.add_argument_group("on a Dask cluster (docs/scale.md)")
    group.add_argument(
        "--dask", metavar="ADDRESS",
        help="grade on the workers of this cluster, such as tls://10.0.0.5:8786; "
        "isolation is full there unless --isolation says otherwise",
    )  # fmt: skip
    for name, text in (
        ("ca", "the certificate that the cluster's are signed with"),
        ("cert", "this machine's certificate"),
        ("key", "its private key"),
    ):
        group.add_argument(
            f"--tls-{name}", type=Path, metavar="FILE",
            help=f"{text} (default: as Dask is configured)",
        )  # fmt: skip
    group.add_argument(
        "--dask-unencrypted",
        action="store_true",
        help="allow tcp:// to other machines: only trusted ones are on the network between",
    )


def language(parser: argparse.ArgumentParser, text: str) -> None:
    """One of the course's languages."""
    parser.add_argument("--lang", choices=LANGUAGES, help=f"{text} (default: the course's first)")


def sandbox(parser: argparse.ArgumentParser) -> None:
    """How students' code is isolated."""
    parser.add_argument(
        "--trust-students",
        action="store_true",
        help="grade even if students' code cannot be kept from the files on this machine",
    )
    isolation(parser, "isolation level (default: the strongest that holds here, see doctor)")


def isolation(parser: argparse.ArgumentParser, text: str) -> None:
    """A level of isolation."""
    levels = ("full", "namespaces", "container", "limits")
    parser.add_argument("--isolation", choices=levels, help=text)


def min_score(text: str) -> MinScore:
    """The type of an option that is a number of points or per cent."""
    try:
        return MinScore.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(text: str) -> int:
    """The type of an option that is a positive integer."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive integer")
    return number
