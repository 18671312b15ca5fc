"""What one session behind the wall costs, at every level that this machine gives.

    python benchmarks/session_cost.py [SESSIONS]

CPU is that of the host, the server, keepers and the session together, as the kernel counts it for
processes that have ended; wall time is from asking for a session to knowing that nothing of it is
left, with nothing else going on in between.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.protocol import wire


def cpu_s() -> float:
    """CPU seconds of this process and of all that it started and that have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def measure(level: Level, sessions: int) -> tuple[float, list[float], list[float]]:
    """CPU seconds in all, and per session the seconds until ready and until gone."""
    ready, gone = [], []
    before = cpu_s()
    with Server(level, Limits()) as server:
        for _ in range(sessions):
            began = time.perf_counter()
            child = server.spawn({"probe": "report['x'] = 1"})
            ready.append(time.perf_counter() - began)
            wire.receive(child.sock, deadline=time.monotonic() + 10)
            child.kill()
            gone.append(time.perf_counter() - began)
            child.sock.close()
    return cpu_s() - before, ready, gone


def main() -> None:
    """Print a line a level."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for level in sorted(Level, reverse=True):
        try:
            start, _, _ = measure(level, 1)
            total, ready, gone = measure(level, sessions)
        except SandboxUnavailable as error:
            print(f"{level!s:10}  {error.what}")
            continue
        each = (total - start) / (sessions - 1)
        print(
            f"{level!s:10}  CPU {1e3 * each:5.1f} ms a session   "
            f"ready {1e3 * statistics.median(ready):5.1f} ms   "
            f"gone {1e3 * statistics.median(gone):5.1f} ms   "
            f"start {start:4.2f} s of CPU, once a worker"
        )


if __name__ == "__main__":
    main()
