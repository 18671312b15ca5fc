"""Run one command, and turn errors into a line on standard error and an exit status.

Exit status: 0 success (low grades are not an error), 1 something could not be done (see standard
error), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from autograder.cli import shell_environment
from autograder.cli.parser import make_parser
from autograder.cli.stdio import make_resilient, warn
from autograder.errors import AutograderError


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit."""
    if arguments is None:
        shell_environment.use_utf8()
    make_resilient()
    signal.signal(signal.SIGTERM, _terminate)
    # Whoever starts this may ignore it; then nobody would hear how a process ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    options = make_parser().parse_args(arguments)
    try:
        shell_environment.require()
        status = _run(options)
        if sys.stdout is not None:
            sys.stdout.flush()  # report a full disk now, not during interpreter shutdown
    except KeyboardInterrupt:
        print(file=sys.stderr)  # after the ^C
        warn("stopped. Finished work is kept; run it again to continue.")
        status = 130
    except _Terminated:
        print(
            "autograder: terminated. Finished work is kept; run it again to continue.",
            file=sys.stderr,
        )
        status = 128 + signal.SIGTERM
    except Exception as error:
        status = _report(error)
    sys.exit(status)


class _Terminated(BaseException):
    """SIGTERM came: unwind, so that workers and temporary files go as they do after Ctrl-C."""


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise _Terminated


def _run(options: argparse.Namespace) -> int:
    """Run the command. Each is imported on demand, because some need packages others do not."""
    match options.command:
        case "generate":
            from autograder.cli import generate

            return generate.run(options)
        case "new":
            from autograder.cli import new

            return new.run(options)
        case "publish":
            from autograder.cli import publish

            return publish.run(options)
        case "collect":
            from autograder.cli import collect

            return collect.run(options)
        case "check":
            from autograder.cli import check

            return check.run(options)
        case "grade":
            from autograder.cli import grade

            return grade.run(options)
        case "verify":
            from autograder.cli import verify

            return verify.run(options)
        case "report":
            from autograder.cli import report

            return report.run(options)
        case "correct":
            from autograder.cli import correct

            return correct.run(options)
        case "whatif":
            from autograder.cli import whatif

            return whatif.run(options)
        case "questions":
            from autograder.cli import questions

            return questions.run(options)
        case "export":
            from autograder.cli import export

            return export.run(options)
        case "feedback":
            from autograder.cli import feedback

            return feedback.run(options)
        case "similar":
            from autograder.cli import similar

            return similar.run(options)
        case "doctor":
            from autograder.cli import doctor

            return doctor.run(options)
        case "import":
            from autograder.cli import importing

            return importing.run(options)
        case "demo":
            from autograder.cli import demo

            return demo.run(options)
        case name:
            raise AssertionError(f"the parser accepts {name!r}, but no command implements it")


_REMEDIES = (
    dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT), ". Free some space and run it again; finished work is kept"
    )
    | dict.fromkeys(
        (errno.EMFILE, errno.ENFILE),
        ". This shell allows too few open files: raise it with `ulimit -n 1024`",
    )
    | dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), ". Choose another path, or change its permissions"
    )
    | {
        errno.EISDIR: ". It is a folder: name a file",
        errno.ENOTDIR: ". A part of the path is a file: name another folder",
    }
)


def _report(error: Exception) -> int:
    """Print the error's message; for a bug, print how to get the traceback."""
    if isinstance(error, AutograderError):
        warn(str(error))
        return error.status
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, "")
        warn(f"{where}{error.strerror}{remedy}")
        return 1
    if os.environ.get("AUTOGRADER_TRACEBACK"):
        raise error
    if isinstance(error, (MemoryError, ImportError)) and shell_environment.is_short_of_memory():
        warn("this shell allows too little memory. Allow more with `ulimit -v`, or start a new one")
        return 1
    warn(
        f"this is a bug in the grader ({type(error).__name__}: {error}). "
        "Run again with AUTOGRADER_TRACEBACK=1 and report what it prints."
    )
    return 1
