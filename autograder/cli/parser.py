"""The argument parser: every command, its options and their help."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn

from autograder import DISTRIBUTION, __version__
from autograder.cli.min_score import MinScore
from autograder.text import LANGUAGES


class _Parser(argparse.ArgumentParser):
    """Adds a pointer to ``--help`` to error messages."""

    def error(self, message: str) -> NoReturn:
        super().error(f"{message}. See `{self.prog} --help`")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
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

    generate = command("generate", "Generate the students' notebooks from the solutions.")
    _exercises(generate)
    generate.add_argument("--lang", choices=LANGUAGES, help="one language only")
    generate.add_argument(
        "--out", type=Path, metavar="DIR", help="output folder (default: assignments/)"
    )
    generate.add_argument(
        "--check", action="store_true", help="write nothing; fail if any notebook is out of date"
    )
    generate.add_argument(
        "--provide-earlier", action="store_true", help="fill in solutions of earlier exercises"
    )
    generate.add_argument(
        "--solutions",
        action="store_true",
        help="instead, the notebooks with their solutions, for after the deadline (needs --out)",
    )

    publish = command("publish", "Write what students may see into a folder outside of the course.")
    publish.add_argument(
        "out", type=Path, metavar="DIR", help="such as a clone of the students' repository"
    )
    _exercises(publish)
    publish.add_argument("--lang", choices=LANGUAGES, help="one language only")
    publish.add_argument(
        "--solutions",
        action="append",
        metavar="EXERCISE",
        help="publish the solutions of this exercise, too; may be repeated",
    )
    publish.add_argument(
        "--provide-earlier",
        action="append",
        metavar="EXERCISE",
        help="publish this exercise also with earlier parts filled in; may be repeated",
    )

    new = command("new", "Begin a course or an exercise with small, complete files.")
    new.add_argument("what", choices=("course", "exercise"), help="what to begin")
    new.add_argument("name", metavar="NAME", help="a new folder, or an id such as 02_mean")
    new.add_argument(
        "--lang",
        action="append",
        choices=LANGUAGES,
        help="a language of the new course, the first one first (default: all)",
    )

    collect = command(
        "collect", "Turn bulk downloads of a learning platform into submitted/, for `grade`."
    )
    collect.add_argument(
        "archives", nargs="+", type=Path, metavar="ARCHIVE",
        help="a zip or folder of Moodle, Canvas, Gradescope or nbgrader, or a plain one",
    )  # fmt: skip
    collect.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="such as submitted; what earlier runs have collected there stays",
    )  # fmt: skip
    collect.add_argument(
        "--roster", action="append", default=[], type=Path, metavar="FILE",
        help="a CSV of the class (id,name,email or an export of the platform); may be repeated",
    )  # fmt: skip
    _exercise(collect)
    collect.add_argument(
        "--file-times",
        action="store_true",
        help="the times of files in the archives are hand-in times (platforms often put the time "
        "of the download there)",
    )

    check = command("check", "Grade one notebook and print a table.")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="an .ipynb file")
    _exercise(check)
    _lang(check, "the table's language")
    check.add_argument("--json", action="store_true", help="print result.json instead of the table")
    check.add_argument(
        "--summary", type=Path, metavar="FILE",
        help="append a table in Markdown, for a CI's job summary ($GITHUB_STEP_SUMMARY)",
    )  # fmt: skip
    check.add_argument(
        "--min-score", type=_min_score, metavar="N",
        help="fail (exit status 1) below so many points, or per cent (60%%)",
    )  # fmt: skip
    _sandbox(check)

    grade = command("grade", "Grade one notebook, a folder of notebooks, or a class.")
    grade.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a notebook, a folder of <student>.ipynb (with --exercise), or a folder of "
        "<student>/<exercise>/*.ipynb",
    )
    _out(
        grade,
        "folder for results, pages and grades.csv; unchanged submissions are not graded again",
    )
    _exercise(grade)
    grade.add_argument(
        "--student",
        action="append",
        metavar="NAME",
        help="grade only this student (a name or folder as in grades.csv); may be repeated",
    )
    grade.add_argument(
        "--force", action="store_true", help="grade unchanged submissions again, too"
    )
    _gradebook(grade)
    _jobs(grade)
    _cluster(grade)
    _lang(grade, "the pages' language")
    _sandbox(grade)

    verify = command("verify", "Check that the course itself is correct.")
    _exercises(verify)
    verify.add_argument(
        "--diagnosis",
        action="store_true",
        help="instead, put each known mistake into the solution: is it named, and no other?",
    )
    verify.add_argument(
        "--mutants",
        action="store_true",
        help="instead, change the teaching solutions by machine: the hidden suites must notice",
    )
    _jobs(verify)
    _sandbox(verify)

    report = command("report", "Rebuild the pages from stored results.")
    report.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    _gradebook(report)
    _lang(report, "the pages' language")

    doctor = command("doctor", "Attack the sandbox to find out what is guaranteed on this machine.")
    doctor.add_argument(
        "--verbose", action="store_true", help="list every attack on every level, with its outcome"
    )
    _isolation(doctor, "report on this level (default: the strongest that holds here)")
    doctor.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="the report's language (default: en)"
    )

    correct = command(
        "correct", "Correct points in DIR/corrections.csv, or list corrections and open points."
    )
    correct.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    correct.add_argument(
        "student", nargs="?", metavar="STUDENT", help="a name or folder as in grades.csv; * for all"
    )
    correct.add_argument("exercise", nargs="?", metavar="EXERCISE", help="such as 02_im2col")
    correct.add_argument(
        "criterion", nargs="?", default="*", metavar="CRITERION",
        help="such as im2col.shape (default *: the exercise as a whole)",
    )  # fmt: skip
    correct.add_argument("--points", metavar="N", help="the points that count")
    correct.add_argument(
        "--excused", action="store_true", help="it does not count, for or against the student"
    )
    correct.add_argument("--comment", metavar="TEXT", help="shown on the student's page")
    correct.add_argument(
        "--from", dest="sheet", type=Path, metavar="FILE",
        help="take over all rows of a sheet like corrections.csv that say something",
    )  # fmt: skip
    correct.add_argument("--remove", action="store_true", help="remove the correction")
    _lang(correct, "the pages' language")

    what_if = command("whatif", "Who would gain or lose what by other points or another policy.")
    what_if.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    what_if.add_argument(
        "--drop", action="append", default=[], metavar="CRITERION",
        help="it, or a part, does not count, for anybody; may be repeated",
    )  # fmt: skip
    what_if.add_argument(
        "--give", action="append", default=[], metavar="CRITERION",
        help="everybody gets the points of it, or of a part; may be repeated",
    )  # fmt: skip
    what_if.add_argument(
        "--points", action="append", default=[], metavar="CRITERION=N",
        help="it, or a part, is worth N points; may be repeated",
    )  # fmt: skip
    what_if.add_argument(
        "--policy", action="append", default=[], metavar="LINE",
        help="a line of [policy], such as 'late_per_day = 0.05' or 'weights.02_im2col = 2', for "
        "the totals; may be repeated",
    )  # fmt: skip
    _exercise(what_if)

    questions = command(
        "questions", "Show everybody's answers to the questions that you grade yourself."
    )
    questions.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    _exercise(questions)
    _lang(questions, "the pages' language")

    export = command("export", "Write grades in the import format of another system.")
    export.add_argument(
        "dir", type=Path, nargs="?", metavar="DIR", help="the --out of a `grade` run"
    )
    export.add_argument(
        "--to",
        required=True,
        choices=(
            "canvas", "moodle", "gradescope", "gradescope-autograder", "nbgrader", "csv", "xlsx",
        ),
        help="the system; gradescope-autograder is an autograder to upload, and needs no DIR",
    )  # fmt: skip
    export.add_argument(
        "--out", type=Path, metavar="FILE", help="the file (for gradescope: the folder) to write"
    )
    _class_list(export)
    _exercise_only(export)
    _lang(export, "the feedback's language")

    feedback = command("feedback", "Pack the feedback pages for giving them back.")
    feedback.add_argument("dir", type=Path, metavar="DIR", help="the --out of a `grade` run")
    feedback.add_argument(
        "--to",
        required=True,
        choices=("moodle", "zip", "mail"),
        help="Moodle's archive of an assignment, a zip for each student, or an mbox file",
    )
    feedback.add_argument(
        "--out", type=Path, metavar="PATH", help="the folder (for mail: the file) to write"
    )
    feedback.add_argument(
        "--dry-run", action="store_true", help="write nothing; list who would get what"
    )
    feedback.add_argument("--sender", metavar="ADDRESS", help="the address that mails are from")
    _class_list(feedback)
    _exercise_only(feedback)
    _lang(feedback, "the pages' language")

    similar = command("similar", "Which submissions are alike beyond what the course explains.")
    similar.add_argument("out", type=Path, metavar="DIR", help="the --out of a `grade` run")
    _exercise(similar)
    _lang(similar, "the pages' language")

    text = "Draft a course from another system's notebooks."
    importing = commands.add_parser("import", help=text, description=text)
    importing.add_argument("system", choices=("nbgrader",), help="whose notebooks they are")
    importing.add_argument(
        "source", type=Path, metavar="SOURCE", help="a notebook, or a folder such as source/ps1"
    )
    _out(importing, "the new course's folder")
    importing.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="the language of their text (default: en)"
    )

    demo = command("demo", "Make up a class, grade it, and write the report.")
    demo.add_argument(
        "--students", type=_count, default=24, metavar="N", help="size of the class (default 24)"
    )
    _out(demo, "a new folder, or the output of an earlier demo, which is replaced")
    _jobs(demo)
    _lang(demo, "the pages' language")
    _sandbox(demo)
    return parser


def _exercises(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "exercises", nargs="*", metavar="EXERCISE", help="such as 02_im2col (default: all)"
    )


def _exercise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exercise", metavar="ID", help="the exercise, if file names do not tell")


def _exercise_only(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exercise", metavar="ID", help="this exercise only")


def _class_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--roster", type=Path, metavar="FILE",
        help="the class: id,name,email or a platform's export (default: that of `collect`)",
    )  # fmt: skip
    parser.add_argument(
        "--submitted", type=Path, metavar="DIR",
        help="the --out of `collect` (default: found from the files that were graded)",
    )  # fmt: skip


def _out(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=text)


def _gradebook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--gradebook",
        metavar="URL",
        help="nbgrader's database, such as sqlite:///gradebook.db: results are written there, and "
        "points and comments given in formgrader are taken into corrections.csv",
    )


def _jobs(parser: argparse.ArgumentParser) -> None:
    processors = os.cpu_count() or 1
    parser.add_argument(
        "--jobs",
        type=_count,
        default=processors,
        metavar="N",
        help=f"worker processes (default {processors}, the number of processors; "
        "at most twice as many are started)",
    )


def _cluster(parser: argparse.ArgumentParser) -> None:
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


def _lang(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--lang", choices=LANGUAGES, help=f"{text} (default: the course's first)")


def _sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust-students",
        action="store_true",
        help="grade even if students' code cannot be kept from the files on this machine",
    )
    _isolation(parser, "isolation level (default: the strongest that holds here, see doctor)")


def _isolation(parser: argparse.ArgumentParser, text: str) -> None:
    levels = ("full", "namespaces", "container", "limits")
    parser.add_argument("--isolation", choices=levels, help=text)


def _min_score(text: str) -> MinScore:
    try:
        return MinScore.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive integer")
    return number
