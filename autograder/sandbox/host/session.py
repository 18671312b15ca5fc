"""Host side of one notebook in the sandbox: load it, then fork it for criteria.

Everything that comes back is treated as hostile: records are validated field by field. The process
itself is `notebook_process`'s.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from autograder.sandbox.host import loaded
from autograder.sandbox.host.answer_fields import unfixable
from autograder.sandbox.host.call_outcome import (
    CallResult,
    ExceptionInfo,
    Frame,
    SandboxLost,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
    Work,
)
from autograder.sandbox.host.conversation import (
    Conversation,
    SocketConversation,
    WantArgs,
)
from autograder.sandbox.host.exception_text import ExceptionText
from autograder.sandbox.host.interfaces import (
    ExitLike,
    LoadedNotebook,
    ProcessLike,
    Spawner,
)
from autograder.sandbox.host.kept_process import KeptProcess
from autograder.sandbox.host.limits import Attempt, Budget
from autograder.sandbox.host.loaded import CellRecord, Overwritten, Remarks
from autograder.sandbox.host.loading import Position
from autograder.sandbox.host.notebook_process import NotebookProcess
from autograder.sandbox.host.reference_calls import CallLimits, Reference, ReferenceCalls
from autograder.sandbox.host.reload_cost import ReloadCost
from autograder.sandbox.host.shared_process import (
    FeedbackConversation,
    SharedConversation,
    SharedProcess,
)
from autograder.sandbox.host.watch import CpuTime, IdleTime
from autograder.sandbox.protocol.message_reader import MessageReader
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import CellStatus

__all__ = [
    "Budget",
    "CallResult",
    "CellRecord",
    "Conversation",
    "ExceptionInfo",
    "ExitLike",
    "Frame",
    "LoadedNotebook",
    "Overwritten",
    "ProcessLike",
    "Remarks",
    "SandboxLost",
    "Session",
    "SharedProcess",
    "Spawner",
    "StudentDied",
    "StudentFailure",
    "StudentProtocolError",
    "StudentRaised",
    "StudentTimeout",
    "WantArgs",
    "Work",
]

_Kind = TypeVar("_Kind", bound=SocketConversation)

_COUNTED = (Attempt.ONLY, Attempt.AGAIN, Attempt.SHORT)
"""Attempts whose timeouts count (`Budget.max_timeouts`)."""


@dataclass
class Session(NotebookProcess):
    """One student's notebook, loaded in the sandbox.

    Args:
        server: starts processes.
        cells: (index in the notebook, source), in order.
        budget: time limits.
        reference: executes the calls of proxies that replace parts of the notebook.
        deadline: ``time.monotonic()`` at which everything ends, if earlier than the budget.
        timeouts: how many calls of the same notebook have timed out before.
        idle_time: how long its calls have been idle before.
        loaded_at: ``time.monotonic()`` at which the notebook was loaded for the first time.
        left_out: statements (cell, position) that are not run, and what becomes of their cells.
            What could not be stopped, or has ended the process, is added.
        host_cpu_s: CPU seconds that the trusted side has spent on this notebook.
        unfixable: sources of chance that it has used (`Unfixable`), as reported by the guest.
        once: whether criteria will most likely ask for one process, and no more. The notebook's own
            is used up then, and the notebook loaded again if need be: a fork costs almost as much.
            Otherwise that is done for the first process, and for another one in which what has
            failed is tried again.

    Attributes:
        records: the outcome of each cell.
        defined: what the student defined: function name → None, class name → its methods' names.
        remarks: remarks about the student's definitions.
        cpu_s: CPU seconds of the notebook's processes that have ended.
        stalls: how many calls of this session have waited, or could not be stopped. What a session
            asks for may have replaced what stalls in another, so each begins at 0.
        timed_out: statements that were stopped, or not begun, for lack of time.
        kept_data: if there are any, what the student defined that uses data besides its arguments.
    """

    timeouts: int = 0
    idle_time: IdleTime = field(default_factory=IdleTime)
    loaded_at: float | None = None
    host_cpu_s: float = 0.0
    unfixable: set[Unfixable] = field(default_factory=set)
    once: bool = False
    records: tuple[CellRecord, ...] = field(default=(), init=False)
    defined: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict, init=False)
    remarks: Remarks = field(default_factory=Remarks, init=False)
    stalls: int = field(default=0, init=False)
    timed_out: frozenset[Position] = field(default=frozenset(), init=False)
    kept_data: frozenset[str] = field(default=frozenset(), init=False)
    _kept: KeptProcess | None = field(default=None, init=False)
    _cost: ReloadCost = field(default_factory=ReloadCost, init=False)
    _in_use: bool = field(default=False, init=False)
    _was_asked: bool = field(default=False, init=False)
    _shown: ExceptionText = field(default_factory=ExceptionText, init=False)

    def __enter__(self) -> Session:
        """Load the notebook."""
        self._deadline = time.monotonic() + self.budget.total_wall_s
        self._shown = ExceptionText(self.cells)
        if self.deadline is not None:
            self._deadline = min(self._deadline, self.deadline)
        self.deadline = self._deadline
        try:
            self._load()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Kill every process of the notebook."""
        self._stop()

    def loaded_again(
        self,
        *,
        budget: Budget | None = None,
        reference: Reference | None = None,
        left_out: Mapping[Position, CellStatus] | None = None,
        once: bool = False,
    ) -> Session:
        """A session with the same notebook and what is left of its limits, not loaded yet.

        Args:
            budget: time limits, if not this session's.
            reference: executes the calls of proxies that replace parts of the notebook.
            left_out: statements that are not run, if not this session's.
            once: see `Session`.
        """
        return Session(
            self.server,
            self.cells,
            budget or self.budget,
            reference=reference,
            deadline=self.deadline,
            timeouts=self.timeouts,
            idle_time=self.idle_time,
            loaded_at=self.loaded_at,
            left_out=dict(self.left_out if left_out is None else left_out),
            host_cpu_s=self.host_cpu_s,
            once=once,
        )

    @contextmanager
    def criterion(
        self, world: str | None = None, attempt: Attempt = Attempt.ONLY
    ) -> Iterator[Conversation]:
        """A fresh fork of the loaded notebook, killed with its descendants when the block exits.

        For feedback, a process that several criteria have shared is as good, if the notebook's
        state in it is unchanged.

        Args:
            world, attempt: see `LoadedNotebook.criterion`.

        Raises:
            StudentTimeout: the time for the whole submission is used up, including the host's own
                CPU time, which it spends on the student's data.
        """
        extra = world is None and attempt is Attempt.EXTRA
        with self._timed():
            if extra and self._is_kept_usable():
                with self._kept_conversation() as conversation:
                    yield conversation
                return
            if self._is_used_up():
                with self._beside(world, attempt) as conversation:
                    yield conversation
                return
            in_place = self._cost.needs_its_threads or (extra and self._may_be_in_place())
            sock, pid = self._fork(world, in_place=in_place)
            reader = MessageReader(sock)
            conversation = self._conversation(reader, self._budget(attempt), SocketConversation)
            self._in_use = in_place
            try:
                yield conversation
            finally:
                self._in_use = False
                self.timeouts += (conversation.timed_out and attempt in _COUNTED) or (
                    conversation.timed_out_for_good and attempt is Attempt.FIRST
                )
                self.stalls += conversation.timed_out_for_good
                sock.close()
                self._reap(pid)

    def _is_used_up(self) -> bool:
        """Whether the notebook's own process answers somebody else, so that it must not end now."""
        return self._in_place and (self._in_use or (self._kept is not None and self._kept.in_use))

    @contextmanager
    def _beside(self, world: str | None, attempt: Attempt) -> Iterator[Conversation]:
        """A process of the notebook's beside the one that is in use."""
        with (
            self.in_another_load() as session,
            session.criterion(world, attempt) as conversation,
        ):
            yield conversation

    @contextmanager
    def in_another_load(self) -> Iterator[Session]:
        """See `LoadedNotebook.in_another_load`."""
        session = self.loaded_again(reference=self.reference)
        session.unfixable = self.unfixable
        try:
            with session:
                yield session
        finally:
            self.timeouts = max(self.timeouts, session.timeouts)
            self.stalls += session.stalls
            self.cpu_s += session.cpu_s

    @contextmanager
    def shared(self, first: bool = False, again: bool = False) -> Iterator[SharedProcess]:
        """A fork of the loaded notebook for several criteria, killed when the block exits.

        What is tried for the first time may be tried in a process that was kept.

        Args:
            first, again: see `LoadedNotebook.shared`.

        Raises:
            StudentTimeout: as `criterion`.
        """
        # Only at the very first: if criteria of other parts are tried later, something is wrong.
        at_once, self._was_asked = first and not self._was_asked, True
        with self._timed():
            kept = self._kept if first and self._is_kept_usable() else None
        with self._in_new(at_once, again) if kept is None else self._in_kept(kept) as process:
            yield process
            self.stalls += process.stalled

    @contextmanager
    def _in_kept(self, kept: KeptProcess) -> Iterator[SharedProcess]:
        process = self._shared_process(kept.reader)
        with kept.used_for(process):
            yield process

    @contextmanager
    def _in_new(self, first: bool, again: bool) -> Iterator[SharedProcess]:
        """A process of its own for some criteria, kept if they leave its state as it was."""
        with self._timed():
            in_place = self._cost.needs_its_threads or self._may_be_in_place(first, again)
            sock, pid = self._fork(None, shared=True, in_place=in_place)
        self._in_use = in_place
        try:
            reader = MessageReader(sock)
            process = self._shared_process(reader)
            yield process
            if process.kept and self._kept is None:
                self._kept = KeptProcess(process, reader, pid)
        finally:
            self._in_use = False
            if self._kept is None or self._kept.pid != pid:
                with self._timed(always=True):
                    sock.close()
                    self._reap(pid)

    def _shared_process(self, reader: MessageReader) -> SharedProcess:
        budget = self._budget(Attempt.FIRST)
        return SharedProcess(
            lambda: self._conversation(reader, budget, SharedConversation),
            self._timed,
            self.reference is None,  # it would have to be asked in between
        )

    def _is_kept_usable(self) -> bool:
        """Whether a process was kept, and nothing that it was asked has changed its state."""
        kept = self._kept
        if kept is None or kept.in_use:
            return False
        if not kept.is_unchanged():
            self._reap(kept.pid)
            return False
        return True

    @contextmanager
    def _kept_conversation(self) -> Iterator[Conversation]:
        assert self._kept is not None
        kept, budget = self._kept, self._budget(Attempt.EXTRA)
        conversation = self._conversation(kept.reader, budget, FeedbackConversation)
        with kept.used_for(conversation):
            yield conversation
        self.stalls += conversation.timed_out_for_good

    def _reap(self, pid: int) -> None:
        self._forget_kept()  # every other process of the notebook is ended as well
        super()._reap(pid)

    def _stop(self) -> None:
        self._forget_kept()
        super()._stop()

    def _forget_kept(self) -> None:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            kept.reader.sock.close()

    def _conversation(
        self,
        reader: MessageReader,
        budget: Budget,
        kind: type[_Kind],
    ) -> _Kind:
        """The conversation about a criterion, on its process's socket."""
        reference_calls = None
        if self.reference is not None:
            self.reference.begin_criterion()
            reference_calls = ReferenceCalls(self.reference, CallLimits())
        conversation = kind(
            reader,
            budget,
            self._deadline,
            sandbox_lost=self._sandbox_lost,
            used=self._cpu_time(),
            idle_time=self.idle_time,
            shown=self._shown,
            reference_calls=reference_calls,
        )
        conversation.unfixable = self.unfixable  # one set for all of them
        conversation.lacks_threads = self._cost.has_threads and not self._in_place
        return conversation

    def _cpu_time(self) -> CpuTime:
        """Asks for the CPU time of the criterion's process."""
        process = self._process
        if process is None:
            return lambda: None
        return process.used_by_all if self._in_place else process.used

    @contextmanager
    def _timed(self, always: bool = False) -> Iterator[None]:
        """Count the trusted side's CPU time against the submission.

        Args:
            always: whether to go on although it is used up.

        Raises:
            StudentTimeout: it is used up.
        """
        if not always and self.host_cpu_s > self.budget.host_cpu_s:
            raise StudentTimeout("the grader's time for this notebook was used up")
        began = time.process_time()
        try:
            yield
        finally:
            self.host_cpu_s += time.process_time() - began

    def _budget(self, attempt: Attempt) -> Budget:
        """The time limits of an attempt, given what the notebook has used up already."""
        used = 0.0 if self.loaded_at is None else time.monotonic() - self.loaded_at
        return self.budget.for_attempt(attempt, self.timeouts, self.stalls, used)

    def _accept(self, message: dict[str, Any]) -> None:
        known = {index for index, _ in self.cells}
        found = loaded.records(message.get("records"), known)
        for (index, _), status in self.left_out.items():
            found[index] = CellRecord(index, status, _why_it_ended(status))
        defined = loaded.definitions(message.get("defined"))
        self.remarks = loaded.remarks(message, known)
        self.unfixable |= unfixable(message.get("unfixable"))
        self.kept_data |= loaded.names(message.get("kept_data"))
        self.timed_out |= loaded.positions(message.get("timed_out"), known)
        if self.loaded_at is None:
            self.loaded_at = time.monotonic()
        self.records = tuple(
            found.get(index, CellRecord(index, CellStatus.SKIPPED, None)) for index, _ in self.cells
        )
        self.defined = defined
        self._cost.reported(message)

    def _load(self) -> None:
        began = time.monotonic()
        super()._load()
        self._cost.took(time.monotonic() - began)

    def _may_be_in_place(self, first: bool = False, again: bool = False) -> bool:
        """Whether the notebook's own process may be used up: it behaves as a fork of it would.

        Threads and timers that cells have started would not be in a fork, and a part that is judged
        in another state needs a process of its own beside this one.

        Args:
            first: whether criteria are tried for the first time: most notebooks need no other
                process.
            again: whether what has failed is tried again: few notebooks need another process then.
        """
        return (
            self._cost.is_cheap
            and (self.once or again or first)
            and not (self.unfixable or self.left_out)
            and not self.remarks.overwritten
        )

    def _give_up(self, at: tuple[int, int] | None, late: bool) -> None:
        """Record that the notebook cannot be loaded, whatever is left out."""
        if self.records:
            return  # it was loaded once before; what it defined then remains valid
        status = CellStatus.TIMEOUT if late else CellStatus.ERROR
        text = _why_it_ended(status)
        last = at[0] if at else self.cells[0][0] if self.cells else 0
        self.records = tuple(
            CellRecord(index, status, text)
            if index == last
            else CellRecord(index, CellStatus.SKIPPED, None)
            for index, _ in self.cells
        )
        self.defined, self.remarks = {}, Remarks()


def _why_it_ended(status: CellStatus) -> str:
    return "stopped: it took too long" if status is CellStatus.TIMEOUT else "it ended the process"
