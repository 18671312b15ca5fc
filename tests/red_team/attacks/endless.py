"""Notebooks that never end, or return more than anybody can read."""

from __future__ import annotations

HEAVY = {
    "a million of nothing": "def attack(x, *more): return [[]] * 10**6",
    "ten thousand arrays": "def attack(x, *more): return [np.ones(1)] * 9999",
    "a list of lists of lists": """
def attack(x, *more):
    y = [1.0]
    for _ in range(60):
        y = [y, y]
    return y
""",
    "a list that never ends": """
class Endless(list):
    def __iter__(self):
        while True:
            yield 1
def attack(x, *more): return Endless([1])
""",
    "a dict that changes while it is read": """
class Changing(dict):
    def __iter__(self): return iter(["a", "b"])
    def values(self): return iter(range(10**9))
def attack(x, *more): return Changing(a=1)
""",
    "thousands of keys of one hash": """
def attack(x, *more):
    keys = ",".join('{"t":"int","v":"%s"}' % hex(k * (2**61 - 1)) for k in range(9, 90_000))
    ones = ",".join("1" for k in range(9, 90_000))
    head = '{"id":%d,"value":{"t":"dict","k":[%s],"v":[%s]}}' % (request_id(), keys, ones)
    write(head.encode())
""",
    "a quarter of a gigabyte": "def attack(x, *more): return np.ones(250 * 2**17)",
    "texts that are long": "def attack(x, *more): return ['x' * 10**6] * 60",
    "numbers that are long": "def attack(x, *more): return [10**1200] * 3000",
    "an error that is long": """
def attack(x, *more):
    raise type("E" * 10**6, (Exception,), {})("<b>" * 10**6)
""",
    "a deep traceback": """
sys.setrecursionlimit(10**6)
def attack(x, *more):
    def deeper(n):
        if n == 0:
            raise ValueError("deep")
        deeper(n - 1)
    deeper(20_000)
""",
}

ENDLESS = {
    "a class whose text never ends": """
class E(Exception):
    def __str__(self):
        while True: pass
def attack(x, *more): raise E
""",
    "an object that says it is an endless dict": """
class Fake:
    __class__ = property(lambda s: dict)
    def __iter__(self):
        while True: yield "a"
def attack(x, *more): return Fake()
""",
    "a list that sleeps": """
import time
class Sleepy(list):
    def __iter__(self):
        while True: time.sleep(0.01)
        yield 1
def attack(x, *more): return Sleepy([1])
""",
    "no signal comes through": """
import signal
def attack(x, *more):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True: pass
""",
    "the clock is taken away": """
import contextlib
timeouts = next(m for n, m in sys.modules.items() if n.endswith("guest.timeouts"))
timeouts.limit = lambda *a: contextlib.nullcontext()
def attack(x, *more):
    while True: pass
""",
    "it stops itself": """
import os, signal
def attack(x, *more): os.kill(os.getpid(), signal.SIGSTOP)
""",
    "the end of an object never ends": """
class Undying:
    def __del__(self):
        while True: pass
kept = [Undying()]
def attack(x, *more): kept.clear()
""",
    "imports that never end": """
class Finder:
    def find_spec(self, *a, **k):
        while True: pass
sys.meta_path.insert(0, Finder())
def attack(x, *more): import never
""",
    "forks that never begin": """
import os, time
os.register_at_fork(before=lambda: time.sleep(100))
def attack(x, *more): return x
""",
    "a thread that reads what is meant for the notebook": """
import threading
def listen():
    while True:
        for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
            try: sock.recv(10**6, socket.MSG_DONTWAIT)
            except OSError: pass
threading.Thread(target=listen, daemon=True).start()
def attack(x, *more): return x
""",
    "an answer that trickles": """
import time
def attack(x, *more):
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
        sock.sendall(b"cvk1" + struct.pack("<II", 2**20, 0))
        while True:
            sock.sendall(b" ")
            time.sleep(0.05)
""",
    "a cell that floods the grader": """
while True: write({"at": {"t": "list", "v": [0, 0]}})
def attack(x, *more): return x
""",
    "a cell that trickles": """
import time
write(b"")
while True:
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]: sock.sendall(b" ")
    time.sleep(0.05)
def attack(x, *more): return x
""",
    "a loop in C": "def attack(x, *more): return sum(iter(int, 1))",
    "it is stopped once it has answered": """
import os, signal, time
def attack(x, *more):
    target = os.getpid()
    if os.fork() == 0:
        time.sleep(0.05)
        os.kill(target, signal.SIGSTOP)
        os._exit(0)
    return x
""",
    "a helper computes while it sleeps": """
import os, time
if os.fork() == 0:
    while True: pass
def attack(x, *more): time.sleep(1000)
""",
    "it computes a little between naps": """
import time
def attack(x, *more):
    while True:
        sum(range(20_000))
        time.sleep(0.01)
""",
    "a slow answer that is never finished": """
import time
def attack(x, *more):
    data = b"cvk1" + struct.pack("<IIQ", 2, 1, 2**23) + b"{}"
    while True:
        for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
            try: sock.send(data)
            except OSError: pass
        data = bytes(2**10)
        time.sleep(0.02)
""",
    "it says again and again that its time is up": """
def attack(x, *more):
    write({"id": request_id(), "timeout": "busy"})
    while True: pass
""",
    "a cell in C that never ends, and more cells": """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
sum(iter(int, 1))
def attack(x, *more): return x
""",
    "a function of ours, called endlessly": """
def attack(f, x, *more):
    while True: f(x)
""",
}
