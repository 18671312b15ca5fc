"""Notebooks that fill the memory of whoever grades them, one for each kind of message, and a meter.

``python -m tests.red_team.attacks.memory LEVEL`` grades them one after the other in one trusted
process, as a worker does, and prints as JSON how large it has been while handling each.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from autograder.carrying.reference import ReferenceProcess
from autograder.course.load import load_course
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.run.worker import GARBAGE
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget, Limits
from autograder.sandbox.host.server import Server
from autograder.suite.plugin import Suites, with_suites
from autograder.synthetic.notebooks import from_sources
from autograder.verdict.codec import encode
from tests.paths import ROOT
from tests.red_team.attacks.notebooks import FORGE

SHORT = Budget(cell_s=1, cells_s=2, call_cpu_s=1, call_wall_s=3, total_wall_s=20)
GRADIENT = "03_convolution"

# A message's JSON may have 1 MB, and its arrays 16 MB: about that much of each kind of value.
BULK = """
def bulk(kind):
    def sequence(items): return '{"t":"list","v":[%s]}' % ",".join(items)
    return {
        "numbers": lambda: sequence(["1"] * 150_000),
        "lists": lambda: sequence(['{"t":"list","v":[]}'] * 45_000),
        "texts": lambda: sequence(['"%06d"' % n for n in range(100_000)]),
        "one text": lambda: json.dumps("x" * 10**6),
        "names": lambda: '{"t":"dict","k":[%s],"v":[%s]}' % (
            ",".join('"n%06d"' % n for n in range(50_000)), ",".join(["null"] * 50_000)),
        "arrays": lambda: sequence(
            ['{"t":"nd","d":"<f8","s":[2097152],"b":%d}' % n for n in range(1)]),
        "small arrays": lambda: sequence(
            ['{"t":"nd","d":"|i1","s":[2000],"b":%d}' % n for n in range(8000)]),
    }[kind]()
BUFFERS = {"arrays": [bytes(2**24)], "small arrays": [bytes(2000)] * 8000}
KINDS = "numbers", "lists", "texts", "one text", "names", "arrays", "small arrays"
def put(fields, kind):
    write(("{%s}" % fields).replace("BULK", bulk(kind)).encode(), *BUFFERS.get(kind, ()))
"""

REPORT = ("records", "defined", "overwritten", "pieces", "leftover_raises", "removed", "timed_out",
          "kept_data", "unfixable")  # fmt: skip
"""What the process of a notebook says of it once it is loaded; of these, by name:"""

NAMED = ("defined", "overwritten", "pieces", "leftover_raises", "removed")

WHILE_LOADING = {"progress": '"at":BULK', "stuck": '"stuck":BULK', "a proxy's call": '"proxy":BULK'}

ANSWERS = {
    "a value": '"id":ID,"value":BULK',
    "arguments": '"id":ID,"value":1,"args":BULK',
    "work": '"id":ID,"value":1,"count":BULK',
    "an error": '"id":ID,"error":{"t":"dict","k":["type","message"],"v":[BULK,1]}',
    "an error's text": '"id":ID,"error":{"t":"dict","k":["type","message"],"v":["E",BULK]}',
    "an error's frames": '"id":ID,"error":{"t":"dict","k":["type","frames"],"v":["E",BULK]}',
    "an error's kinds": '"id":ID,"error":{"t":"dict","k":["type","kinds"],"v":["E",BULK]}',
    "a timeout": '"id":ID,"timeout":BULK',
    "a source of chance": '"id":ID,"value":1,"unfixable":BULK',
    "a callback": '"id":ID,"callback":0,"args":BULK',
    "a callback that does not exist": '"id":ID,"callback":BULK',
    "a call of the reference": '"id":ID,"proxy":BULK,"args":BULK',
    "a function's result": '"id":ID,"applied":BULK',
    "a function's failure": '"id":ID,"failed":BULK',
    "something else": '"id":BULK,"anything":BULK',
}  # fmt: skip
"""What a criterion's process says."""

STATUS = {
    "a fork": '"pid":BULK',
    "a criterion's end": '"status":BULK',
    "a sign of life": '"pong":BULK',
}

# Each call sends one kind of bulk after the other, until one is refused.
CALL = """
calls = iter(KINDS * 9)
def numerical_gradient(f, x):
    put('FIELDS'.replace("ID", str(request_id())), next(calls))
"""


def _from_cells(*sources: str) -> bytes:
    sources = ("import numpy as np", FORGE, BULK, *sources)
    return from_sources([("code", source) for source in sources])


def _file(source: str, outputs: object = (), cells: int = 1) -> bytes:
    cell = {"cell_type": "code", "source": source, "outputs": outputs}
    return json.dumps({"cells": [cell] * cells}).encode()


RIGHT = "def numerical_gradient(f, x):\n    return np.ones_like(x)\n"
WRONG = "def numerical_gradient(f, x): "

BY_PYTHON = {
    "printed": WRONG + "\n    while True: print('x' * 10**7)",
    "printed while loading": "while True: print('x' * 10**7)",
    "an exception's text": WRONG + "raise ValueError('x' * 10**8)",
    "a cell's exception": "raise ValueError('x' * 10**8)",
    "an object's class": WRONG + "return type('C' * 10**7, (), {})()",
    "arrays that are wrong": WRONG + "return np.ones((2**20, 2)) * x.sum()",
    "what is diagnosed": WRONG + "return [np.ones(2**11)] * 900",
    "more and more": "n = [1]\n" + WRONG + "\n    n[0] *= 2\n    return np.resize(x, n[0] % 2**21)",
}  # fmt: skip
"""What needs no forged message: output, exceptions, and what feedback is made from."""

# As large as a file may be. Of code, 4 MB are read.
FILES: dict[str, Callable[[], bytes]] = {
    "outputs": lambda: _file(RIGHT, [{"output_type": "stream", "text": "y" * (55 * 2**20)}]),
    "keys": lambda: _file(RIGHT, {f"{n:x}": 0 for n in range(3 * 10**6)}),
    "statements": lambda: _file(RIGHT + "a=1\nf(f)\n" * 270_000),
    "one expression": lambda: _file("x=" + "1," * 10**6),
    "cells": lambda: _file("f = 1\n" * 9, cells=4900),
}


def _table() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for name, fields in {
        **{f"loaded: {name}": _report(name) for name in REPORT},
        **{f"while loading: {name}": fields for name, fields in WHILE_LOADING.items()},
        **{f"of processes: {name}": fields for name, fields in STATUS.items()},
    }.items():
        kind = "names" if name.removeprefix("loaded: ") in NAMED else "lists"
        yield name, partial(_from_cells, RIGHT, f"put({fields!r}, {kind!r})")
    for name, fields in ANSWERS.items():
        yield f"called: {name}", partial(_from_cells, CALL.replace("FIELDS", fields))
    for name, source in BY_PYTHON.items():
        yield f"by Python: {name}", partial(_from_cells, source)
    for name, content in FILES.items():
        yield f"a file: {name}", content


def _report(name: str) -> str:
    """A report in which one field is large."""
    empty = dict.fromkeys(REPORT, '{"t":"list","v":[]}')
    empty |= dict.fromkeys(NAMED, '{"t":"dict","k":[],"v":[]}')
    return ",".join(f'"{field}":{value}' for field, value in (empty | {name: "BULK"}).items())


TABLE = dict(_table())
"""By name, what makes a notebook's bytes."""


def write(folder: Path) -> None:
    """Write all of them, named by their number."""
    for number, content in enumerate(TABLE.values()):
        (folder / f"{number}.ipynb").write_bytes(content())


def memory_mb(field: str) -> float:
    """``VmRSS`` or its peak ``VmHWM`` of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def measure(level: Level) -> dict[str, dict[str, float]]:
    """Grade all of them. Megabytes at most, what was earned, and bytes of the result, by name."""
    course = load_course(ROOT)
    found: dict[str, dict[str, float]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="autograder-") as name,
        Server(level, Limits()) as server,
        ReferenceProcess(ROOT) as process,
    ):
        grader = Grader(course, "c0" * 32, {}, server, level, SHORT, process)
        folder = Path(name)
        # In another process: making them takes more memory than grading them may take.
        subprocess.run([sys.executable, "-m", __spec__.name, "write", name], check=True)

        def each(suites: Suites) -> None:
            gc.set_threshold(GARBAGE)  # as in a worker, which would keep what is left in cycles
            for number, name in enumerate(TABLE):
                path = folder / f"{number}.ipynb"
                Path("/proc/self/clear_refs").write_text("5")  # resets the peak
                graded = grader.grade(suites, Submission("x", GRADIENT, path, folder))
                found[name] = {
                    "peak_mb": memory_mb("VmHWM"),
                    "score": graded.result.score,
                    "result_bytes": len(encode(graded.result)),
                    "wall_s": graded.result.timing.wall_s,
                }

        with_suites(course, [course.exercise(GRADIENT)], each)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        print(json.dumps(measure(Level[sys.argv[1].upper()])))
