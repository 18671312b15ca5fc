"""Try attacks at a level, and judge them by their effects outside as well as by their reports."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from autograder.errors import SandboxUnavailable
from autograder.sandbox.confine import processes
from autograder.sandbox.doctor.attack import Attack
from autograder.sandbox.doctor.targets import Neighbour, Targets
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.process import ProcessExit, SessionProcess
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import VisiblePaths
from autograder.sandbox.protocol import wire
from autograder.text import counted

SMALL = Limits(memory_mb=256, file_mb=4, scratch_mb=16, processes=16, cpu_s=30)
"""Limits for the trials: small, so that an attack that succeeds does not harm the machine."""

_ATTACK_S = 20.0

Verdict = Literal["held", "not held", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """The outcome of one attack at one level.

    Attributes:
        level: the level.
        attack: the attack's name, or ``level`` if the level itself is not available.
        aim: what the attack tries to achieve.
        verdict: see `Verdict`.
        how: one line: how it was tried, or what succeeded.
    """

    level: Level
    attack: str
    aim: str
    verdict: Verdict
    how: str


@dataclass(frozen=True)
class Observation:
    """What was observed of one attack."""

    report: dict[str, str] | None
    exit: ProcessExit | None
    kill_s: float
    left_over: bool


def try_level(level: Level, attacks: Iterable[Attack], visible: VisiblePaths) -> Iterator[Finding]:
    """Start a zygote at ``level`` and try ``attacks``, each in a session of its own."""
    try:
        with (
            Targets(visible) as targets,
            Server(level, SMALL, visible) as server,
            _neighbour(server) as neighbour,
        ):
            targets_json = targets.describe(level, SMALL, neighbour)
            for attack in attacks:
                seen = observe(server, attack.code(targets_json))
                problems = _judge(attack, seen, targets)
                yield _finding(level, attack, seen, problems)
    except SandboxUnavailable as error:
        aim = "run students' code at this level"
        how = error.what if "doctor" in error.remedy else f"{error.what}; {error.remedy}"
        yield Finding(level, "level", aim, "not applicable", how)


def observe(server: Server, source: str) -> Observation:
    """Run the whole source of an attack in a session of its own, and end the session."""
    child = server.spawn({"probe": source})
    report: dict[str, str] | None = None
    with contextlib.suppress(wire.WireError):
        answer = wire.receive(child.sock, deadline=time.monotonic() + _ATTACK_S).get("report")
        if isinstance(answer, dict):
            report = {str(key): str(value) for key, value in answer.items()}
    began = time.monotonic()
    child.kill()
    kill_s = time.monotonic() - began
    ended = child.wait(0)
    return Observation(report, ended, kill_s, left_over=not _is_closed(child.sock))


def _is_closed(sock: socket.socket) -> bool:
    """Whether no process has the other end open any more. Closes ours."""
    with sock, contextlib.suppress(ConnectionError):
        sock.settimeout(0.5)
        try:
            while sock.recv(65536):
                pass
        except TimeoutError:
            return False
    return True


def _judge(attack: Attack, seen: Observation, targets: Targets) -> list[str]:
    problems = JUDGES[attack.judge](seen, targets)
    if seen.left_over:
        problems.append("a process outlived the session")
    return problems


def successes(seen: Observation) -> list[str]:
    """What got through by the attack's own report; an empty report is a problem as well."""
    if seen.report is None:
        return ["the session ended before it could report"]
    if not seen.report:
        return ["nothing was tried"]
    if "raised" in seen.report:
        return [f"the attack itself failed: {seen.report['raised']}"]
    return [f"{name}: {what}" for name, what in seen.report.items() if what.startswith("got")]


def _nothing_contacted(seen: Observation, targets: Targets) -> list[str]:
    return [f"{name} was contacted" for name in targets.contacted()] + successes(seen)


def _victim_unharmed(seen: Observation, targets: Targets) -> list[str]:
    return targets.harm() + successes(seen)


def _files_unchanged(seen: Observation, targets: Targets) -> list[str]:
    return targets.changes() + successes(seen)


def _nothing_left(seen: Observation, _targets: Targets) -> list[str]:
    return [] if seen.kill_s < 5 else [f"killing the session took {seen.kill_s:.1f} s"]


def _few_processes(seen: Observation, targets: Targets) -> list[str]:
    if seen.exit is not None and seen.exit.limit == "processes":
        return _nothing_left(seen, targets)
    count = int((seen.report or {}).get("count", "-1"))
    problems = [] if 0 < count <= SMALL.processes else [f"{count} processes were started"]
    return problems + _nothing_left(seen, targets)


def _ended_for_memory(seen: Observation, _targets: Targets) -> list[str]:
    ended = seen.exit is not None and seen.exit.limit == "memory"
    return [] if ended else ["the session was not ended"]


def _disk_spared(seen: Observation, _targets: Targets) -> list[str]:
    if seen.exit is not None and seen.exit.limit == "scratch":
        return []
    return successes(seen)


JUDGES: dict[str, Callable[[Observation, Targets], list[str]]] = {
    "nothing_got": lambda seen, _targets: successes(seen),
    "nothing_contacted": _nothing_contacted,
    "victim_unharmed": _victim_unharmed,
    "files_unchanged": _files_unchanged,
    "nothing_left": _nothing_left,
    "few_processes": _few_processes,
    "ended_for_memory": _ended_for_memory,
    "disk_spared": _disk_spared,
}


def _finding(level: Level, attack: Attack, seen: Observation, problems: list[str]) -> Finding:
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Finding(level, attack.name, attack.aim, "not held", problems[0][:200] + more)
    tries = seen.report or {}
    refused = [name for name, what in tries.items() if what.startswith("refused")]
    if refused:
        count = counted(len(refused), "try", "tries")
        how = f"{count}, all refused: {', '.join(_summarize(refused))}"
    elif seen.exit is not None and seen.exit.limit:
        how = f"the session was ended for its {seen.exit.limit}"
    elif "count" in tries:
        count = counted(int(tries["count"]), "process", "processes")
        how = f"stopped at {count}; all gone after {seen.kill_s * 1000:.0f} ms"
    else:
        how = f"all processes gone after {seen.kill_s * 1000:.0f} ms"
    return Finding(level, attack.name, attack.aim, "held", how)


def _summarize(names: list[str]) -> list[str]:
    """The distinct kinds of attempts, at most six."""
    kinds = list(dict.fromkeys(name if " /" not in name else name.split(" ")[0] for name in names))
    return kinds if len(kinds) <= 6 else [*kinds[:6], "…"]


@contextlib.contextmanager
def _neighbour(server: Server) -> Iterator[Neighbour]:
    """Another session with a secret, running during the trial."""
    child: SessionProcess = server.spawn(
        {"probe": "import time; open('secret', 'w').write('secret'); time.sleep(600)"}
    )
    try:
        time.sleep(0.1)
        yield Neighbour(server.session_directories(), tuple(_session_pids(server)))
    finally:
        child.kill()
        child.sock.close()


def _session_pids(server: Server) -> list[int]:
    return [p.pid for p in processes.process_tree(server.pid)[1:]] if server.pid else []
