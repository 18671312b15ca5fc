"""Run the course's own notebooks in this process instead of the sandbox.

A kill matrix makes thousands of requests to hundreds of variants of the teaching solution; a
process for each would take minutes. The code is written by the course author and trusted, so it may
run here. **Student code must never run here**: an `OwnNotebook` is made from `OwnCode`, which
refers to a solution, stub or mistake of the course and contains no submitted file, and the import
contracts say which packages may run it.

It shares the sandbox's code: `Conversation` checks requests, `guest.requests` answers them, and
values are copied in the same way as over the wire. What a separate process would provide is
emulated: every criterion runs the cells again, and global state is swapped whenever control passes
from the suite to the notebook or back (`interpreter_state`). What only hostile code would do
(threads, files, signals, exhausting memory) is not emulated.
"""

from __future__ import annotations
import __future__

import ast
import gc
import linecache
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any

from autograder.course.models import CellKind, Course, Role
from autograder.in_process.imports import built_ins
from autograder.in_process.interpreter_state import InterpreterState
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.guest import stub_modules, timeouts
from autograder.sandbox.guest.exceptions import describe
from autograder.sandbox.guest.prepared import initial_names
from autograder.sandbox.guest.requests import Objects, defined, respond
from autograder.sandbox.guest.source import bound_names
from autograder.sandbox.host.exception_text import ExceptionText
from autograder.sandbox.host.limits import Attempt
from autograder.sandbox.host.loaded import Remarks
from autograder.sandbox.host.session import Budget, CellRecord, Conversation
from autograder.sandbox.protocol import wire
from autograder.status import CellStatus

LOCKED = (Role.CHECK, Role.DEMO)
BUDGET = Budget(call_cpu_s=1.0, shortened_cpu_s=0.2)
"""Teaching solutions take milliseconds per call; only a variant that hangs takes all of this."""

CHECK_CPU_S = 20.0
"""For all visible checks of a notebook together; the slowest takes two seconds."""

_FLAGS = __future__.annotations.compiler_flag


class OwnNotebook:
    """One of the course's own notebooks, as its suites see it (`LoadedNotebook`).

    Args:
        course: the course.
        own: which notebook.
        budget: seconds for calls.
        added: functions of this program that the notebook can call, by name.
    """

    def __init__(
        self,
        course: Course,
        own: OwnCode,
        budget: Budget = BUDGET,
        added: Mapping[str, Callable[..., object]] | None = None,
    ) -> None:
        if not isinstance(own, OwnCode):
            raise TypeError("only the course's own notebooks run here, never a student's")
        self.cells: Sequence[tuple[int, str]] = [
            (index, cell.source)
            for index, cell in enumerate(own.cells(course))
            if cell.kind is CellKind.CODE and cell.role not in LOCKED
        ]
        self._budget = budget
        self._timeouts = 0
        self._shown = ExceptionText(self.cells)
        self._builtins = {**built_ins(course.packages), **(added or {})}
        loaded = _Loaded(self.cells, self._builtins)
        self.records: Sequence[CellRecord] = loaded.records
        self.defined: Mapping[str, tuple[str, ...] | None] = {
            name: None if methods is None else tuple(methods)
            for name, methods in defined(loaded.own).items()
        }

    @property
    def remarks(self) -> Remarks:
        """None, since the course's own cells parse and define no name twice."""
        return Remarks()

    @contextmanager
    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> Iterator[Conversation]:
        """The notebook after its cells have run, independent of any other criterion."""
        del world  # all definitions mean the same, as nothing was overwritten
        in_time = self._timeouts < self._budget.max_timeouts and attempt is not Attempt.SHORT
        budget = self._budget if in_time else self._budget.shortened()
        if attempt is Attempt.AGAIN:
            budget = budget.with_room()
        elif attempt is Attempt.EXTRA:
            budget = budget.for_feedback()
        conversation = _InProcess(_Loaded(self.cells, self._builtins), budget, self._shown)
        try:
            yield conversation
        finally:
            counts = attempt in (Attempt.ONLY, Attempt.AGAIN, Attempt.SHORT)
            self._timeouts += conversation.timed_out and counts

    @contextmanager
    def in_another_load(self) -> Iterator[OwnNotebook]:
        """This one: each criterion has it loaded for itself."""
        yield self

    @contextmanager
    def shared(self, first: bool = False, again: bool = False) -> Iterator[None]:
        """None: nothing is gained by it here."""
        del first, again
        yield None


def failing_check(course: Course, own: OwnCode) -> tuple[str, str] | None:
    """The first visible check that a notebook fails: the cell's name, and the error in its words.

    None if it passes all of them. A check that does not finish fails with ``TimeUp``. What comes
    after the first that fails is not run.
    """
    cells = own.cells(course)

    def fails(record: CellRecord) -> bool:
        return cells[record.index].role is Role.CHECK and record.error is not None

    run = [
        (index, cell.source)
        for index, cell in enumerate(cells)
        if cell.kind is CellKind.CODE and cell.role is not Role.DEMO
    ]
    try:
        with timeouts.limit(CHECK_CPU_S, 10 * CHECK_CPU_S):
            loaded = _Loaded(run, built_ins(course.packages), until=fails)
    except timeouts.TimeUp:
        return "", "TimeUp"
    failed = next(filter(fails, loaded.records), None)
    if failed is None:
        return None
    return cells[failed.index].name, (failed.error or "").removeprefix("AssertionError: ")


class _Loaded:
    """Cells that have run in their own namespace.

    Args:
        cells: their indices and sources.
        functions: their built-in functions.
        until: says of which cell that has run it is the last to be run; None runs all.

    Attributes:
        interpreter: the notebook's copy of global state.
        own: what it defined, by name.
        records: how each cell ran.
    """

    def __init__(
        self,
        cells: Sequence[tuple[int, str]],
        functions: Mapping[str, object],
        until: Callable[[CellRecord], bool] | None = None,
    ) -> None:
        module = ModuleType("__main__")
        space = vars(module)
        space.update(initial_names(), __builtins__=dict(functions))
        self.interpreter = InterpreterState(module)
        self.records = []
        names: dict[str, None] = {}
        with self.interpreter.inside():
            for index, source in cells:
                code, bound = _compiled(index, source)
                names |= dict.fromkeys(bound)
                self.records.append(_run(index, source, code, space))
                if until is not None and until(self.records[-1]):
                    break
        self.interpreter.begin_criterion()
        self.own = {name: space[name] for name in names if _is_own(space.get(name))}


class _InProcess(Conversation):
    """Sends requests to a notebook in this process: `_send` answers immediately."""

    def __init__(self, notebook: _Loaded, budget: Budget, shown: ExceptionText) -> None:
        super().__init__(budget, time.monotonic() + budget.total_wall_s, shown)
        self._notebook = notebook
        self._objects = Objects(self._call_host)
        self._answers: list[dict[str, Any]] = []
        self._broken: Exception | None = None

    def _send(self, message: dict[str, Any], deadline: float) -> None:
        """Send a request, or during one the result of a function that the notebook called."""
        del deadline  # what runs in this process is stopped by its own clock
        received = wire.copied(
            message, refer=self._refer, resolve=self._objects.resolve, keep_strides=True
        )
        if "op" not in message:
            self._answers.append(received)
            return
        with self._notebook.interpreter.inside(), _nothing_collected():
            answer = respond(received, self._notebook.own, self._objects)
            try:
                sent = wire.copied(answer, refer=self._objects.refer)
            except BaseException as error:  # a value that cannot be encoded is its maker's error
                sent = wire.copied({"id": received["id"], "error": dict(describe(error))})
        self._answers.append(sent)

    def _receive(self, deadline: float) -> dict[str, Any]:
        del deadline
        if self._broken is not None:
            raise self._broken
        return self._answers.pop()

    def _call_host(
        self, number: int, args: list[Any], _is_known: Callable[[], bool]
    ) -> dict[str, Any]:
        """The notebook calls one of the suite's functions."""
        sent = wire.copied({"callback": number, "args": args}, refer=self._objects.refer)
        with _clock_stopped(), self._notebook.interpreter.outside():
            try:
                self._call_back(sent, self._session_deadline)
            except Exception as error:  # the conversation's end, whatever the notebook makes of it
                self._broken = error
                raise
        return self._answers.pop()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Leave garbage to be collected after a call: here it would be this process's, on its clock.

    Looking through all objects of a process that has run for long takes 0.1 s, which is all that a
    call for feedback may take.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def _clock_stopped() -> Iterator[None]:
    """Pause the notebook's time limit, which must not interrupt the suite's code."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF, signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@lru_cache(maxsize=256)
def _compiled(index: int, source: str) -> tuple[CodeType, tuple[str, ...]]:
    """A compiled cell and the names that it defines."""
    tree = ast.parse(source)
    names = dict.fromkeys(name for node in tree.body for name in bound_names(node))
    code = compile(tree, _filename(index), "exec", _FLAGS, dont_inherit=True)
    return code, tuple(names)


def _run(index: int, source: str, code: CodeType, space: dict[str, Any]) -> CellRecord:
    lines = [line + "\n" for line in source.split("\n")]
    linecache.cache[_filename(index)] = (len(source), None, lines, _filename(index))
    try:
        exec(code, space)
    except Exception as error:
        raised = describe(error)
        return CellRecord(index, CellStatus.ERROR, f"{raised['type']}: {raised['message']}")
    return CellRecord(index, CellStatus.OK, None)


def _filename(index: int) -> str:
    """The file name by which `guest.exceptions` knows which cell a line is in."""
    return f"<cell {index}>"


def _is_own(value: object) -> bool:
    return callable(value) and not isinstance(
        value, (stub_modules.MissingImport, stub_modules.NoOp)
    )
