"""The notebook loaded again with parts replaced, once for each set of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from autograder.carrying.reference import ReferenceProcess, ReferenceProxies
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.host.session import Session


@dataclass(frozen=True)
class Reload:
    """A loaded notebook, and the proxies that replace parts of it."""

    session: Session
    proxies: ReferenceProxies


@dataclass
class Reloads:
    """All loaded copies of one notebook; each stays loaded until `close`.

    Args:
        original: the session with the student's own code only.
        process: the process that holds the reference; None if nothing is ever replaced.
        aliases: other names by which notebooks may call the course's names.
        own_name: tells what this notebook calls a function, a class, or a ``Class.method``.
    """

    original: Session
    process: ReferenceProcess | None
    aliases: Callable[[str], tuple[str, ...]]
    own_name: Callable[[str], list[str]]
    _stack: ExitStack = field(default_factory=ExitStack, init=False)
    _loaded: dict[frozenset[str], Reload] = field(default_factory=dict, init=False)
    _for_questions: dict[frozenset[str], Session] = field(default_factory=dict, init=False)
    _proxies: list[ReferenceProxies] = field(default_factory=list, init=False)

    def close(self) -> None:
        """End all sessions, and add the CPU time that they took to the original's."""
        self._stack.close()
        sessions = [*self._for_questions.values()]
        sessions += [reload.session for reload in self._loaded.values()]
        self.original.cpu_s += sum(session.cpu_s for session in sessions)
        self.original.cpu_s += sum(proxies.cpu_s for proxies in self._proxies)

    def with_replaced(self, names: Iterable[str]) -> Reload | None:
        """The notebook with these parts replaced; None if the reference has none of them."""
        wanted = frozenset(names)
        if wanted not in self._loaded:
            proxies = self._replacing(wanted)
            if not proxies.descriptions:
                return None
            session = self._load(self.original.budget, proxies)
            self._loaded[wanted] = Reload(session, proxies)
        return self._loaded[wanted]

    def already(self, names: Iterable[str]) -> Session | None:
        """The notebook with these parts replaced, if it has been loaded."""
        found = self._loaded.get(frozenset(names))
        return found.session if found else None

    def for_questions(self, names: frozenset[str]) -> Session | None:
        """The same, in a process that no hidden input has reached.

        Its definitions and assignments are run, but nothing that may take long. None if it cannot
        be loaded again.
        """
        if names not in self._for_questions:
            proxies = self._replacing(names) if names else None
            if proxies is not None and not proxies.descriptions:
                return None
            budget = replace(self.original.budget, cell_s=0.0)
            self._for_questions[names] = self._load(budget, proxies)
        return self._for_questions[names]

    def _load(self, budget: Budget, proxies: ReferenceProxies | None) -> Session:
        session = self.original.loaded_again(budget=budget, reference=proxies, once=True)
        session.unfixable = self.original.unfixable  # what is noticed in one holds for all
        return self._stack.enter_context(session)

    def _replacing(self, names: frozenset[str]) -> ReferenceProxies:
        assert self.process is not None
        aliases: Mapping[str, tuple[str, ...]] = {name: self.aliases(name) for name in names}
        own_names = {name: self.own_name(name) for name in names}
        proxies = ReferenceProxies(self.process, names, aliases, own_names)
        self._stack.callback(proxies.close)
        self._proxies.append(proxies)
        return proxies
