"""The host and a student's process: every criterion is asked, whatever the student's code does."""

from __future__ import annotations

import contextlib
import textwrap
import time
from typing import Any

import numpy as np
import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.session import (
    Budget,
    Conversation,
    Session,
    StudentDied,
    StudentFailure,
    StudentProtocolError,
    StudentRaised,
    StudentTimeout,
)
from autograder.sandbox.protocol import wire
from tests.sandbox.guest.conftest import SHORT, Open, call
from tests.sandbox.guest.real_process import RealServer, SessionProcess

GOOD = "def good(x):\n    return x + 1"


def code(text: str) -> str:
    return textwrap.dedent(text).strip()


class TestValues:
    def test_arrays_numbers_and_containers_there_and_back(self, notebook: Open) -> None:
        sent: list[Any] = [
            np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros((0, 4)), np.array(3), 2**70,
            np.float16(1.5), (1, [2.5, None, True]), {"W1": np.eye(2), 3: "三"}, b"x", 1j,
        ]  # fmt: skip
        with notebook("def same(*args): return args") as book:
            got = book.call("same", *sent)
        assert isinstance(got, tuple)
        assert [type(value) for value in got] == [type(value) for value in sent]
        assert got[0].dtype == np.float32
        assert got[1].shape == (0, 4)
        assert got[3:6] == tuple(sent[3:6])
        np.testing.assert_array_equal(got[6]["W1"], np.eye(2))

    def test_the_students_code_meets_the_layout_that_the_suite_made(self, notebook: Open) -> None:
        whole = np.arange(48.0).reshape(2, 4, 6)
        views = [
            whole[:, ::-1, ::2],
            whole.transpose(2, 0, 1),
            whole[..., 0],
            np.asfortranarray(whole),
        ]
        with notebook("def look(x): return x.strides, x.flags.writeable, x") as book:
            for view in views:
                strides, writeable, values = book.call("look", view)
                assert strides == view.strides
                assert writeable
                np.testing.assert_array_equal(values, view)

    def test_changes_in_place_are_reported(self, notebook: Open) -> None:
        cell = "def step(w, g):\n    w -= 0.5 * g\n    g = g * 9\n    return w"
        with notebook(cell) as book, book.session.criterion() as conversation:
            w, g = np.ones(3), np.array([1.0, 2.0, 3.0])
            answer = conversation.request(
                "call", {"name": "step", "steps": []}, args=[w, g], want_args=True
            )
            assert answer.args is not None
            assert answer.args[0].tolist() == [0.5, 0.0, -0.5]
            assert answer.args[1].tolist() == [1, 2, 3]
            assert w.tolist() == [1, 1, 1], "the suite's own array is out of reach"

    def test_the_arrays_that_were_passed_are_told_from_others_in_their_place(
        self, notebook: Open
    ) -> None:
        cell = "def step(p):\n    p['w'] -= 1\n    p['v'] = p['v'] - 1\n    p['more'][0] = 5"
        with notebook(cell) as book, book.session.criterion() as conversation:
            params = {"w": np.ones(2), "v": np.ones(2), "more": [np.ones(2)]}
            answer = conversation.request(
                "call", {"name": "step", "steps": []}, args=[params], want_args="passed"
            )
            assert answer.args is not None
            (after,) = answer.args
            assert after["w"].tolist() == [0, 0]
            assert after["v"].tolist() == [1, 1], "another array is in its place"
            assert after["more"][0].tolist() == [1, 1]

    def test_what_cannot_travel_says_what_it_is(self, notebook: Open) -> None:
        cells = ("import sys, torch", "def f(n): return [sys, torch, object, {1, 2}][n]")
        with notebook(*cells) as book, book.session.criterion() as conversation:
            assert isinstance(call(conversation, "f", 0), wire.Opaque)
            assert isinstance(call(conversation, "f", 1), wire.Opaque)
            assert isinstance(call(conversation, "f", 2), wire.Reference)

    @pytest.mark.parametrize(
        "big",
        [
            "np.zeros(300 * 2**20, np.uint8)",
            "[0] * 10**6",
            "[np.zeros(1)] * 20_000",
            "np.broadcast_to(np.zeros(1), (2**20, 2**10))",
        ],
    )
    def test_too_much_is_the_students_error_and_not_the_end(self, notebook: Open, big: str) -> None:
        cell = f"def f(): return {big}\ndef g(): return 1"
        with notebook(cell) as book, book.session.criterion() as conversation:
            with pytest.raises(StudentRaised):
                call(conversation, "f")
            assert call(conversation, "g") == 1

    def test_a_value_that_holds_itself_comes_to_an_end(self, notebook: Open) -> None:
        cell = "def f():\n    a = []\n    a += [a, a]\n    return a\ndef g(): return 1"
        with notebook(cell) as book, book.session.criterion() as conversation:
            with pytest.raises(StudentRaised, match="parts"):
                call(conversation, "f")
            assert call(conversation, "g") == 1


class TestObjects:
    LAYER = code(
        """
        class Layer:
            def __init__(self, W, n=1):
                self.W, self.n = W, n
                self.params = {"W1": W}
                self.inner = [self]
            def forward(self, x):
                self.x = x
                return x @ self.params["W1"] * self.n
            def me(self):
                return self
        def is_layer(thing):
            return isinstance(thing, Layer)
        def broken():
            raise ValueError("no")
        """
    )

    def test_they_stay_inside_and_their_places_can_be_reached(self, notebook: Open) -> None:
        with notebook(self.LAYER) as book, book.session.criterion() as conversation:
            layer = call(conversation, "Layer", np.eye(2), 3)
            assert isinstance(layer, wire.Reference)
            assert layer.class_name == "Layer"
            here = {"ref": layer.number}

            def steps(*steps: tuple[str, Any]) -> dict[str, Any]:
                return {**here, "steps": [list(step) for step in steps]}

            x = np.ones((1, 2))
            y = conversation.request("call", steps(("attr", "forward")), args=[x]).value
            assert y.tolist() == [[3, 3]]
            assert conversation.request("get", steps(("attr", "x"))).value.tolist() == [[1, 1]]
            conversation.request("set", steps(("attr", "n")), value=2)
            conversation.request(
                "set", steps(("attr", "params"), ("item", "W1")), value=2 * np.eye(2)
            )
            y = conversation.request("call", steps(("attr", "forward")), args=[x]).value
            assert y.tolist() == [[4, 4]]
            inner = (("attr", "inner"), ("item", 0), ("attr", "n"))
            assert conversation.request("get", steps(*inner)).value == 2
            assert call(conversation, "is_layer", layer) is True

    @pytest.mark.parametrize("base", ["list", "dict", "tuple", "float"])
    def test_they_may_extend_a_plain_type(self, notebook: Open, base: str) -> None:
        """A network that is a list of its layers is still a network."""
        cell = f"class Net({base}):\n    def size(self): return 3\ndef f(): return Net()"
        with notebook(cell) as book, book.session.criterion() as conversation:
            net = call(conversation, "Net")
            assert isinstance(net, wire.Reference)
            here = {"ref": net.number, "steps": [["attr", "size"]]}
            assert conversation.request("call", here, args=[]).value == 3
            # What a function returns is a value: a list is a list, whoever extends it.
            assert not isinstance(call(conversation, "f"), wire.Reference)

    def test_a_class_that_makes_something_else_gives_that(self, notebook: Open) -> None:
        cell = """
            class double:
                def __new__(cls, x): return 2 * x
            Counts = dict
        """
        with notebook(code(cell)) as book, book.session.criterion() as conversation:
            assert call(conversation, "double", 3) == 6
            assert call(conversation, "Counts", [("a", 1)]) == {"a": 1}

    @pytest.mark.parametrize(
        ("steps", "error"),
        [
            ([["attr", "dW"]], "AttributeError"),
            ([["attr", "params"], ["item", "b1"]], "KeyError"),
            ([["attr", "n"], ["item", 0]], "TypeError"),
        ],
    )
    def test_a_place_that_is_not_there_is_the_students_error(
        self, notebook: Open, steps: Any, error: str
    ) -> None:
        with notebook(self.LAYER) as book, book.session.criterion() as conversation:
            layer = call(conversation, "Layer", np.eye(2))
            with pytest.raises(StudentRaised, match=error):
                conversation.request("get", {"ref": layer.number, "steps": steps})
            with pytest.raises(StudentRaised, match="no"):
                call(conversation, "broken")
            assert call(conversation, "is_layer", layer) is True


class TestFunctionsOfTheSuite:
    def test_they_run_outside_on_what_they_are_given(self, notebook: Open) -> None:
        cell = "def slope(f, x, h=1e-4):\n    return (f(x + h) - f(x - h)) / (2 * h)"
        seen: list[Any] = []

        def square(x: Any) -> Any:
            seen.append(x)
            return x**2

        with notebook(cell) as book:
            assert book.call("slope", square, np.array(3.0)) == pytest.approx(6)
        assert len(seen) == 2

    @pytest.mark.parametrize(
        "how",
        ["f()", "f(1, 2)", "f('a')", "f(None)", "f([1, {}])", "f(f)", "f(object())", "f(2**5000)"],
    )
    def test_wrong_arguments_raise_in_the_students_code(self, notebook: Open, how: str) -> None:
        cell = (
            "def use(f):\n    try:\n"
            f"        {how}\n    except ValueError as e:\n        return str(e)\n"
            f"def let(f):\n    {how}\ndef right(f): return f(3.0)"
        )

        def half(x: Any) -> Any:
            return x / 2

        with notebook(cell) as book, book.session.criterion() as conversation:
            assert "cannot take this" in call(conversation, "use", half)
            with pytest.raises(StudentRaised, match="cannot take this"):
                call(conversation, "let", half)
            assert call(conversation, "right", half) == 1.5

    def test_what_they_receive_does_not_name_the_hidden_test(self, notebook: Open) -> None:
        def half(x: Any) -> Any:
            return x / 2

        with notebook("def wrong(f): f(1, 2)") as book, book.session.criterion() as conversation:
            with pytest.raises(StudentRaised, match=r"cannot take this: …\(\) takes 1") as raised:
                call(conversation, "wrong", half)
            assert "test_" not in str(raised.value)

    def test_neither_warnings_nor_small_integers_trouble_it(self, notebook: Open) -> None:
        """An array of bytes becomes eight times as large where it is added to a float."""
        cell = (
            "def overflow(f): return f(np.array([1e300, np.nan]))\n"
            "def many(f): return f(np.ones((3 * 2**20, 1), np.int8))"
        )
        with notebook(cell) as book, book.session.criterion() as conversation:
            assert call(conversation, "overflow", lambda x: float((x[0] ** 2).real)) == float("inf")
            with pytest.raises(StudentRaised, match="too large"):
                call(conversation, "many", lambda x: float(np.sum(x)))

    def test_one_that_is_kept_can_be_called_later(self, notebook: Open) -> None:
        cell = "kept = []\ndef keep(f): kept.append(f)\ndef use(x): return kept[0](x)"
        with notebook(cell) as book, book.session.criterion() as conversation:
            call(conversation, "keep", lambda x: x + 1)
            assert call(conversation, "use", 1) == 2

    def test_calling_it_endlessly_ends_in_time(self, notebook: Open) -> None:
        cell = (
            "import time\ndef loop(f):\n    while True:\n        f(1)\n"
            "def sleepy(f):\n    time.sleep(60)"
        )
        began = time.monotonic()
        with notebook(cell) as book:
            for name in ("loop", "sleepy"):
                with pytest.raises(StudentTimeout):
                    book.call(name, abs)
        assert time.monotonic() - began < 8


class TestEachCriterionAlone:
    def test_nothing_is_carried_from_one_to_the_next(self, notebook: Open) -> None:
        cell = "count = 0\ndef f(x):\n    global count\n    count += 1\n    return count"
        with notebook(cell) as book:
            assert [book.call("f", 0) for _ in range(3)] == [1, 1, 1]

    @pytest.mark.parametrize(
        ("body", "failure"),
        [
            ("import os; os._exit(0)", StudentDied),
            ("import os; os.abort()", StudentDied),
            ("import os, signal; os.kill(os.getppid(), signal.SIGKILL); return 1", None),
            ("import os, signal; os.kill(os.getppid(), signal.SIGSTOP); return 1", None),
            ("import sys; sys.exit()", StudentRaised),
            ("raise KeyboardInterrupt", StudentRaised),
            ("bad()", StudentRaised),
            ("raise type('TimeUp', (BaseException,), {})", StudentRaised),
            ("while True: pass", StudentTimeout),
            ("while 1:\n        try:\n         while 1: abs(1)\n        except: 0", StudentTimeout),
            ("import time; time.sleep(60)", StudentTimeout),
            ("import os; os.closerange(3, 64); return 1", StudentDied),
            ("import os; return [os.fork() for _ in range(3)]", None),
            ("np.zeros(10**11)", StudentRaised),
        ],
    )  # fmt: skip
    def test_what_happens_in_one_costs_the_next_nothing(
        self,
        notebook: Open,
        monkeypatch: pytest.MonkeyPatch,
        body: str,
        failure: type[StudentFailure] | None,
    ) -> None:
        monkeypatch.setattr("autograder.sandbox.host.notebook_process.FORK_ANSWER_S", 0.5)
        with notebook(GOOD, f"def bad():\n    {body}") as book:
            for _ in range(2):
                if failure is None:
                    book.call("bad")
                else:
                    with pytest.raises(failure):
                        book.call("bad")
                assert book.call("good", 1) == 2

    @pytest.mark.parametrize(
        "work",
        [
            "for n in range(3, 64):\n            try: os.read(n, 1)\n            except OSError: 0",
            "os.abort()",
        ],
        ids=["a thread that reads the requests", "a thread that ends the process"],
    )
    def test_what_a_cell_started_is_in_the_way_only_for_a_while(
        self, notebook: Open, monkeypatch: pytest.MonkeyPatch, work: str
    ) -> None:
        monkeypatch.setattr("autograder.sandbox.host.notebook_process.FORK_ANSWER_S", 0.5)
        cell = (
            "import os, threading, time\ndef work():\n    time.sleep(0.2)\n    while True:\n"
            f"        {work}\n"
            "threading.Thread(target=work, daemon=True).start()"
        )
        with notebook(GOOD, cell) as book:
            time.sleep(0.4)
            assert [book.call("good", n) for n in range(6)] == [1, 2, 3, 4, 5, 6]

    def test_killing_the_notebook_again_and_again_costs_only_time(self, notebook: Open) -> None:
        cell = "def bad():\n    import os\n    os.kill(os.getppid(), 9)\n    os._exit(0)"
        with notebook(GOOD, cell) as book:
            for _ in range(8):
                with pytest.raises(StudentDied):
                    book.call("bad")
            assert book.call("good", 1) == 2

    def test_a_lost_process_is_not_asked_again(self, notebook: Open) -> None:
        cell = "def bad():\n    import os\n    os._exit(0)\ndef fine(): return 1"
        with notebook(cell) as book, book.session.criterion() as conversation:
            for name in ("bad", "fine"):
                with pytest.raises(StudentDied):
                    call(conversation, name)

    def test_where_no_signal_comes_through_the_host_gives_up(self, notebook: Open) -> None:
        cell = code(
            """
            def bad():
                import signal
                signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
                signal.pause()
            """
        )
        budget = Budget(call_cpu_s=0.2, call_wall_s=0.2)
        with notebook(GOOD, cell, budget=budget) as book:
            with pytest.raises(StudentTimeout):
                book.call("bad")
            assert book.call("good", 1) == 2

    def test_a_notebook_that_uses_up_its_patience_is_hurried(self, notebook: Open) -> None:
        budget = Budget(call_cpu_s=0.6, max_timeouts=2, shortened_cpu_s=0.1)
        cell = "def bad():\n    while True: pass"
        spent = []
        with notebook(GOOD, cell, budget=budget) as book:
            for _ in range(4):
                began = time.monotonic()
                with pytest.raises(StudentTimeout):
                    book.call("bad")
                spent.append(time.monotonic() - began)
            assert book.call("good", 1) == 2
        assert min(spent[:2]) >= 0.6
        assert max(spent[2:]) < min(spent[:2])

    def test_all_time_together_has_an_end(self, notebook: Open) -> None:
        budget = Budget(cell_s=1, cells_s=1, call_wall_s=5, total_wall_s=1.0)
        cell = "def bad():\n    import time\n    time.sleep(60)"
        began = time.monotonic()
        with notebook(GOOD, cell, budget=budget) as book:
            for name in ("bad", "good", "good"):
                with pytest.raises(StudentTimeout):
                    book.call(name)
        assert time.monotonic() - began < 4


# Writes to every descriptor that it finds, as a student's code may.
WRITE = code(
    """
    import os, struct
    def message(text, buffers=0):
        return struct.pack("<4sII", b"cvk1", len(text), buffers) + text
    def everywhere(data):
        for number in range(3, 64):
            try:
                os.write(number, data)
            except OSError:
                pass
    """
)


class TestPrinting:
    @pytest.mark.parametrize(
        "done",
        ["sys.stdout.close()", "sys.stdout = sys.stderr = None", "sys.stdout.write = None"],
    )
    def test_it_works_whatever_a_cell_has_done_to_the_streams(
        self, notebook: Open, done: str
    ) -> None:
        cell = """
            def talk():
                print("x" * 99_999, "\u3042", file=sys.stderr)
                print("x" * 99_999, "\u3042", flush=True)
                sys.stdout.buffer.write(b"x" * 99_999)
                sys.stdout.reconfigure(line_buffering=True)
                return sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()
        """
        with notebook("import sys", code(cell), done) as book:
            assert book.call("talk") == (False, "utf-8", 1)


class TestWhatComesBackIsNotBelieved:
    @pytest.mark.parametrize(
        "data",
        [
            "b'garbage' * 100",
            "b'\\xff' * 12",
            "message(b'{}')",
            "message(b'[]')",
            'message(b\'{"id": 1, "value": 5}\')',
            'message(b\'{"id": {"t": "nd", "d": "<f8", "s": [0], "b": 0}}\', 1) + bytes(8)',
            'message(b\'{"id": true, "value": 5}\')',
            "message(b'{\"timeout\": true}')",
            'message(b\'{"callback": 0, "args": null}\')',
            "struct.pack('<4sII', b'cvk1', 2**32 - 1, 2**32 - 1)",
        ],
    )
    def test_an_answer_that_no_one_asked_for_costs_its_criterion(
        self, notebook: Open, data: str
    ) -> None:
        cell = f"def bad():\n    everywhere({data})\n    return 1"
        with notebook(GOOD, WRITE, cell) as book:
            with pytest.raises(StudentProtocolError):
                book.call("bad")
            assert book.call("good", 1) == 2

    def test_a_true_looking_answer_for_a_later_question_is_refused(self, notebook: Open) -> None:
        """Numbers of requests are random; who writes ahead does not know the next."""
        cell = code(
            """
            def bad():
                for n in range(1000):
                    everywhere(message(b'{"id": %d, "value": 42}' % n))
                return 1
            """
        )
        with notebook(WRITE, cell, GOOD) as book, book.session.criterion() as conversation:
            for name in ("bad", "good"):
                with pytest.raises(StudentProtocolError):
                    call(conversation, name)

    def test_a_thread_that_reads_the_requests_only_harms_itself(self, notebook: Open) -> None:
        cell = code(
            """
            import threading
            def listen():
                while True:
                    for number in range(3, 64):
                        try:
                            os.read(number, 1 << 16)
                        except OSError:
                            pass
            def bad():
                threading.Thread(target=listen, daemon=True).start()
                return 1
            """
        )
        budget = Budget(call_cpu_s=0.2, call_wall_s=0.2)
        with notebook(GOOD, WRITE, cell, budget=budget) as book:
            with book.session.criterion() as conversation:
                assert call(conversation, "bad") == 1
                with contextlib.suppress(StudentTimeout, StudentDied):  # who reads first?
                    assert call(conversation, "good", 1) == 2
            assert book.call("good", 1) == 2

    @pytest.mark.parametrize(
        "data",
        [
            "b'garbage' * 100",
            'message(b\'{"records": 5, "defined": []}\')',
            'message(b\'{"records": [5], "defined": {"t": "dict", "k": [], "v": []}}\')',
            'message(b\'{"at": "here"}\')',
            'message(b\'{"at": {"t": "list", "v": [-5, 9\' + b\'9\' * 400 + b\']}}\')',
            "message(b'{\"stuck\": true}')",
        ],
    )
    def test_a_report_that_is_made_up_costs_its_statement(self, notebook: Open, data: str) -> None:
        with notebook(WRITE, GOOD, f"everywhere({data})", "def last(): return 1") as book:
            assert book.statuses[2] in ("error", "timeout")
            assert book.call("good", 1) == 2
            assert book.call("last") == 1

    def test_a_whole_report_that_is_made_up_names_nothing_that_is_not_there(
        self, notebook: Open
    ) -> None:
        report = (
            '{"records": {"t": "list", "v": [{"t": "dict", "k": ["index", "status", "error"], '
            '"v": [0, "ok", "\\ud800\\u202e"]}]}, "defined": {"t": "dict", '
            '"k": ["Convolution", "not a name", "\\ud800"], "v": [null, null, null]}}'
        )
        cell = f"everywhere(message(rb'''{report}'''))\nos._exit(0)"
        with notebook(WRITE, cell) as book:
            assert book.names <= {"Convolution", "message", "everywhere"}
            assert all((record.error or "").isprintable() for record in book.session.records)
            if "Convolution" in book.names:
                with pytest.raises(StudentFailure):
                    book.call("Convolution")

    @pytest.mark.parametrize(
        "patch",
        [
            "import json\njson.dumps = lambda *a, **k: '{}'\njson.loads = None",
            "import builtins\nbuiltins.len = lambda x: 0",
            "import os\nos.fork = os._exit = os.kill = os.waitpid = None",
            "import struct\nstruct.pack = struct.unpack = None",
            "import time, signal\ntime.monotonic = time.process_time = lambda: 0\n"
            "signal.setitimer = print",
            "np.asarray = np.ndarray = np.frombuffer = None",
            "import sys\nsys.modules.clear()",
            "import sys\nsys.stdout = sys.stderr = None",
            "import gc\nfor thing in gc.get_objects():\n"
            "    if isinstance(thing, dict) and 'WireError' in thing:\n        thing.clear()",
        ],
    )  # fmt: skip
    def test_replacing_what_the_process_is_made_of_costs_at_most_that_notebook(
        self, notebook: Open, patch: str
    ) -> None:
        began = time.monotonic()
        with notebook(GOOD, patch) as book, contextlib.suppress(StudentFailure):
            assert book.call("good", 1) == 2
        assert time.monotonic() - began < 20
        with notebook(GOOD) as book:
            assert book.call("good", 1) == 2


class TestTheGradersOwnFaults:
    def test_a_process_that_ends_before_it_ran_anything_is_not_the_students_fault(
        self, server: RealServer
    ) -> None:
        class Dead(RealServer):
            def __init__(self) -> None:
                """Take the warm interpreter of another."""

            def spawn(self, settings: dict[str, Any]) -> SessionProcess:
                child = server.spawn(settings)
                child.kill()
                return child

        with pytest.raises(SandboxUnavailable), Session(Dead(), [(0, GOOD)], SHORT):
            pass

    def test_it_is_tried_once_more(self, server: RealServer) -> None:
        class Shaky(RealServer):
            def __init__(self) -> None:
                self.count = 0

            def spawn(self, settings: dict[str, Any]) -> SessionProcess:
                child = server.spawn(settings)
                self.count += 1
                if self.count == 1:
                    child.kill()
                return child

        with Session(Shaky(), [(0, GOOD)], SHORT) as session, session.criterion() as conversation:
            assert call(conversation, "good", 1) == 2

    def test_a_suite_cannot_pass_a_value_that_cannot_be_sent(self, notebook: Open) -> None:
        with notebook(GOOD) as book, book.session.criterion() as conversation:
            assert isinstance(conversation, Conversation)
            with pytest.raises(TypeError, match="cannot be sent"):
                call(conversation, "good", object())
