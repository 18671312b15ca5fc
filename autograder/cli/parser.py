"""The argument parser: every command with its options, in the order in which help lists them."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder import DISTRIBUTION, __version__
from autograder.cli import author_commands, options
from autograder.cli.author_commands import Command
from autograder.cli.usage_errors import Parser
from autograder.text import LANGUAGES


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="autograder",
        description="Grade the notebooks of a course. See the README.",
        epilog="Exit status: 0 success, 1 something could not be done, 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"{DISTRIBUTION} {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--course",
            type=Path,
            metavar="DIR",
            help="the course's folder (default: the nearest parent that contains solutions/)",
        )
        return sub

    author_commands.generate(command)
    author_commands.publish(command)
    author_commands.new(command)
    _collect(command)
    _check(command)
    _grade(command)
    author_commands.verify(command)
    _report(command)
    _doctor(command)
    _correct(command)
    _what_if(command)
    _questions(command)
    _export(command)
    _feedback(command)
    _similar(command)
    author_commands.import_course(commands)
    _demo(command)
    return parser


def _collect(command: Command) -> None:
    parser = command(
        "collect", "Turn bulk downloads of a learning platform into submitted/, for `grade`."
    )
    parser.add_argument(
        "archives", nargs="+", type=Path, metavar="ARCHIVE",
        help="a zip or folder of Moodle, Canvas, Gradescope or nbgrader, or a plain one",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="such as submitted; what earlier runs have collected there stays",
    )  # fmt: skip
    parser.add_argument(
        "--roster", action="append", default=[], type=Path, metavar="FILE",
        help="a CSV of the class (id,name,email or an export of the platform); may be repeated",
    )  # fmt: skip
    options.exercise(parser)
    parser.add_argument(
        "--file-times",
        action="store_true",
        help="the times of files in the archives are hand-in times (platforms often put the time "
        "of the download there)",
    )


def _check(command: Command) -> None:
    parser = command("check", "Grade one notebook and print a table.")
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="an .ipynb file")
    options.exercise(parser)
    options.language(parser, "the table's language")
    parser.add_argument(
        "--json", action="store_true", help="print result.json instead of the table"
    )
    parser.add_argument(
        "--summary", type=Path, metavar="FILE",
        help="append a table in Markdown, for a CI's job summary ($GITHUB_STEP_SUMMARY)",
    )  # fmt: skip
    parser.add_argument(
        "--min-score", type=options.min_score, metavar="N",
        help="fail (exit status 1) if the score is below N points, or per cent (60%%)",
    )  # fmt: skip
    options.sandbox(parser)


def _grade(command: Command) -> None:
    parser = command("grade", "Grade one notebook, a folder of notebooks, or a class.")
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a notebook, a folder of <student>.ipynb (with --exercise), or a folder of "
        "<student>/<exercise>/*.ipynb",
    )
    options.output(
        parser,
        "folder for results, pages and grades.csv; unchanged submissions are not graded again",
    )
    options.exercise(parser)
    parser.add_argument(
        "--student",
        action="append",
        metavar="NAME",
        help="grade only this student (a name or folder as in grades.csv); may be repeated",
    )
    parser.add_argument(
        "--force", action="store_true", help="grade unchanged submissions again, too"
    )
    options.gradebook(parser)
    options.jobs(parser)
    options.cluster(parser)
    options.language(parser, "the pages' language")
    options.sandbox(parser)


def _report(command: Command) -> None:
    parser = command("report", "Rebuild the pages from stored results.")
    parser.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    options.gradebook(parser)
    options.language(parser, "the pages' language")


def _doctor(command: Command) -> None:
    parser = command("doctor", "Attack the sandbox to find out what is guaranteed on this machine.")
    parser.add_argument(
        "--verbose", action="store_true", help="list every attack on every level, with its outcome"
    )
    options.isolation(parser, "report on this level (default: the strongest that holds here)")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="the report's language (default: en)"
    )


def _correct(command: Command) -> None:
    parser = command(
        "correct", "Correct points in DIR/corrections.csv, or list corrections and open points."
    )
    parser.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    parser.add_argument(
        "student", nargs="?", metavar="STUDENT", help="a name or folder as in grades.csv; * for all"
    )
    parser.add_argument("exercise", nargs="?", metavar="EXERCISE", help="such as 02_im2col")
    parser.add_argument(
        "criterion", nargs="?", default="*", metavar="CRITERION",
        help="such as im2col.shape (default *: the exercise as a whole)",
    )  # fmt: skip
    parser.add_argument("--points", metavar="N", help="the points that count")
    parser.add_argument(
        "--excused", action="store_true", help="it does not count, for or against the student"
    )
    parser.add_argument("--comment", metavar="TEXT", help="shown on the student's page")
    parser.add_argument(
        "--from", dest="sheet", type=Path, metavar="FILE",
        help="take over all rows of a sheet like corrections.csv that say something",
    )  # fmt: skip
    parser.add_argument("--remove", action="store_true", help="remove the correction")
    options.language(parser, "the pages' language")


def _what_if(command: Command) -> None:
    parser = command("whatif", "Show who would gain or lose what if points or the policy changed.")
    parser.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    parser.add_argument(
        "--drop", action="append", default=[], metavar="CRITERION",
        help="leave it (or all criteria of a part) out, for everybody; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--give", action="append", default=[], metavar="CRITERION",
        help="give everybody its points (or those of a part); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--points", action="append", default=[], metavar="CRITERION=N",
        help="make it (or a part) worth N points; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--policy", action="append", default=[], metavar="LINE",
        help="a line of [policy], such as 'late_per_day = 0.05' or 'weights.02_im2col = 2', for "
        "the totals; may be repeated",
    )  # fmt: skip
    options.exercise_only(parser)


def _questions(command: Command) -> None:
    parser = command(
        "questions", "Show everybody's answers to the questions that you grade yourself."
    )
    parser.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    options.exercise_only(parser)
    options.language(parser, "the pages' language")


def _export(command: Command) -> None:
    parser = command("export", "Write grades in the import format of another system.")
    parser.add_argument(
        "dir", type=Path, nargs="?", metavar="DIR", help="the --out of a `grade` run"
    )
    parser.add_argument(
        "--to",
        required=True,
        choices=(
            "canvas", "moodle", "gradescope", "gradescope-autograder", "nbgrader", "csv", "xlsx",
        ),
        help="the system; gradescope-autograder is an autograder to upload, and needs no DIR",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file (for gradescope: the folder) to write"
    )
    options.class_list(parser)
    options.exercise_only(parser)
    options.language(parser, "the feedback's language")


def _feedback(command: Command) -> None:
    parser = command("feedback", "Pack the feedback pages for giving them back.")
    parser.add_argument("dir", type=Path, metavar="DIR", help="the --out of a `grade` run")
    parser.add_argument(
        "--to",
        required=True,
        choices=("moodle", "zip", "mail"),
        help="Moodle's archive of an assignment, a zip for each student, or an mbox file",
    )
    parser.add_argument(
        "--out", type=Path, metavar="PATH", help="the folder (for mail: the file) to write"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="write nothing; list who would get what"
    )
    parser.add_argument("--sender", metavar="ADDRESS", help="the address that mails are from")
    options.class_list(parser)
    options.exercise_only(parser)
    options.language(parser, "the pages' language")


def _similar(command: Command) -> None:
    parser = command("similar", "Show which submissions are alike beyond what the course explains.")
    parser.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    options.exercise_only(parser)
    options.language(parser, "the pages' language")


def _demo(command: Command) -> None:
    parser = command("demo", "Make up a class, grade it, and write the report.")
    parser.add_argument(
        "--students",
        type=options.positive,
        default=24,
        metavar="N",
        help="size of the class (default 24)",
    )
    options.output(parser, "a new folder, or the output of an earlier demo, which is replaced")
    options.jobs(parser)
    options.language(parser, "the pages' language")
    options.sandbox(parser)
