"""What is wrong with a command line, in one line: what was meant, perhaps, and where help is.

``argparse`` prints the whole usage before each error, which for `grade` is ten lines, and names a
misspelt option only after everything that is missing, such as the option that was meant.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from autograder.text import perhaps

_CHOICE = re.compile(r"invalid choice: '(?P<given>[^']*)' \(choose from (?P<choices>.*)\)")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line and name an option that does not exist first."""

    _given: Sequence[str] = ()

    def parse_known_args(  # type: ignore[override]  # argparse's overloads say the same
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As in the base class, but the parser of a command takes nothing that it does not know."""
        self._given = () if args is None else tuple(args)
        found, extra = super().parse_known_args(args, namespace)
        if extra and self._subparsers is None:
            self.error(f"unrecognized arguments: {' '.join(extra)}")
        return found, extra

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        known = [option for action in self._actions for option in action.option_strings]
        for word in self._given:
            option = word.partition("=")[0]
            if word == "--":
                break
            if option.startswith("--") and not any(one.startswith(option) for one in known):
                message = f"there is no option {option}{perhaps(option, known)}"
                break
        if choice := _CHOICE.search(message):
            message += perhaps(choice["given"], re.findall(r"[\w-]+", choice["choices"]))
        self.exit(2, f"{self.prog}: error: {message}. See `{self.prog} --help`\n")
