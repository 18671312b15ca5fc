"""A warm server at every level that this machine gives, and a way to run code in a session."""

import time
from collections.abc import Callable, Iterator

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.process import SessionProcess
from autograder.sandbox.host.server import Server
from autograder.sandbox.protocol import wire

Run = Callable[..., dict[str, str]]


def answer(child: SessionProcess, seconds: float = 30) -> dict[str, str]:
    """What the code in the session left in its ``report``."""
    report = wire.receive(child.sock, deadline=time.monotonic() + seconds)["report"]
    assert isinstance(report, dict)
    return report


def end(child: SessionProcess) -> None:
    """End a session, both its processes and our end of its socket."""
    child.kill()
    child.sock.close()


@pytest.fixture(scope="session", params=sorted(Level, reverse=True), ids=str)
def level(request: pytest.FixtureRequest) -> Level:
    """Each level, skipped with its reason where this machine cannot give it."""
    wanted: Level = request.param
    try:
        with Server(wanted, Limits()):
            pass
    except SandboxUnavailable as error:
        pytest.skip(error.what)
    return wanted


@pytest.fixture(scope="module")
def server(level: Level) -> Iterator[Server]:
    """One warm server a module and level."""
    with Server(level, Limits(memory_mb=512, cpu_s=2)) as started:
        yield started


@pytest.fixture
def run(server: Server) -> Run:
    """Run source in a session of its own, and give back its ``report``."""

    def run_source(source: str, seconds: float = 30) -> dict[str, str]:
        child = server.spawn({"probe": source})
        try:
            return answer(child, seconds)
        finally:
            end(child)

    return run_source
