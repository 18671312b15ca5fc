"""What is the same in every student's process: done once, before they are forked.

The process that they are forked from (`zygote.template`) would rather not be changed, since it is
trusted and relies on what is replaced here. It binds what it needs before, and it is not the
supervisor. Nothing of a student's has arrived by then, and nothing here depends on who it is, on
the folder or on the process: that is `start`.
"""

from __future__ import annotations

import collections
import copy
import os
import pickle
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import (
    c_clocks,
    databases,
    frames,
    interference,
    removed_files,
    removed_names,
    reproducible,
    stub_modules,
    unfixable,
)
from .cells import Notebook
from .exceptions import hide_path
from .plain_code import remember_libraries
from .reference_channel import Channel
from .state import remember_modules

_getcwd = os.getcwd


@dataclass
class Prepared:
    """A notebook that has yet to receive its cells.

    Attributes:
        book: the notebook.
        channel: the proxies' connection.
    """

    book: Notebook
    channel: Channel = field(default_factory=Channel)

    def start(self) -> None:
        """Begin a notebook's process, in its own working directory."""
        folder = _getcwd()
        reproducible.start()
        removed_files.install(folder)
        hide_path(folder)
        unfixable.start(folder)
        interference.watch()
        sys.path.insert(0, "")  # as in Jupyter: a notebook may import the files that it writes
        self.book.begin_in(folder)
        sys.modules["__main__"] = self.book.module  # where pickle and inspect look for it
        sys.modules["builtins"] = self.book.builtins


def prepare() -> Prepared:
    """Replace what the notebook must not see, in this process and those forked from it."""
    reproducible.install()
    c_clocks.install()
    databases.install()
    stub_modules.install()
    removed_names.restore()
    unfixable.install()
    frames.install()
    remember_modules()
    remember_libraries()
    return Prepared(Notebook(initial_names()))


def undo() -> None:
    """Restore what our own attacks use (`autograder doctor`)."""
    frames.uninstall()
    unfixable.uninstall()
    stub_modules.uninstall()
    reproducible.uninstall()


def initial_names() -> dict[str, Any]:
    """Names that notebooks import, in case the import cell was deleted.

    Many notebooks get them by ``from common.layers import *``, a module that is not available here.
    """
    return {
        "np": np,
        "OrderedDict": collections.OrderedDict,
        "collections": collections,
        "copy": copy,
        "pickle": pickle,
        "plt": stub_modules.NoOp("plt"),
        "display": stub_modules.NoOp("display"),
    }
