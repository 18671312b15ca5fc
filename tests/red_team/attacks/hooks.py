"""Code that runs by itself (collections, deletions, hooks, handlers), and one's own descriptors."""

from __future__ import annotations

HOOKS = {
    "a collection of garbage answers": """
gc.callbacks.append(lambda *a: write({"id": 1, "value": True}))
def attack(x, *more):
    gc.collect()
    return x
""",
    "the end of an object rewrites the answer": """
class Ending:
    def __del__(self):
        frame = sys._getframe(1)
        while frame:
            for name in ("answer", "value"):
                if name in frame.f_locals: frame.f_locals[name] = 1
            frame = frame.f_back
def attack(x, *more): return [Ending(), x][1]
""",
    "an audit hook that is out of memory": """
def hook(event, args): raise MemoryError
def attack(x, *more):
    sys.addaudithook(hook)
    return x
""",
    "hooks for what nobody catches": """
sys.unraisablehook = sys.excepthook = sys.displayhook = lambda *a: write({"id": 0})
class Ending:
    def __del__(self): raise ValueError
def attack(x, *more):
    Ending()
    return x
""",
    "an exit with a last word": """
import atexit
def attack(x, *more):
    atexit.register(lambda: write({"id": 0, "value": True}))
    raise SystemExit(0)
""",
    "signals written into the answers": """
import signal
def attack(x, *more):
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
        try: signal.set_wakeup_fd(sock.fileno(), warn_on_full_buffer=False)
        except (OSError, ValueError): pass
    while True: pass
""",
    "handlers for every signal": """
import signal
for number in range(1, 65):
    try: signal.signal(number, lambda *a: None)
    except (OSError, ValueError): pass
def attack(x, *more):
    for number in (signal.SIGPROF, signal.SIGALRM): signal.signal(number, signal.SIG_IGN)
    while True: pass
""",
    "a watchdog that ends the process": """
import faulthandler
def attack(x, *more):
    faulthandler.dump_traceback_later(0.05, exit=True)
    while True: pass
""",
    "modules that are gone when they are imported": """
for name in ("numpy.linalg", "json", "struct"): sys.modules[name] = None
def attack(x, *more): return x
""",
    "no room for calls": "sys.setrecursionlimit(60)\ndef attack(x, *more): return x",
    "a thread that never lets go": """
import threading
sys.setswitchinterval(1e6)
def spin():
    while True: pass
def attack(x, *more):
    threading.Thread(target=spin, daemon=True).start()
    return x
""",
}

DESCRIPTORS = {
    "every descriptor is closed": "import os\ndef attack(x, *more): return os.closerange(0, 256)",
    "another socket in place of the answers'": """
import os
def attack(x, *more):
    ours = [o.fileno() for o in gc.get_objects() if isinstance(o, socket.socket)]
    mine, other = socket.socketpair()
    for number in ours: os.dup2(mine.fileno(), number)
    return x
""",
    "both halves of a fork return": "import os\ndef attack(x, *more): return (os.fork(), x)[1]",
    "no more descriptors, no more processes": """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
def attack(x, *more): return x
""",
    "no more memory, no more time": """
import resource
def attack(x, *more):
    for limit in (resource.RLIMIT_CPU, resource.RLIMIT_AS): resource.setrlimit(limit, (1, 1))
    return np.ones((3000, 3000))
""",
    "a process whose name is a state": """
import ctypes
def attack(x, *more):
    ctypes.CDLL(None).prctl(15, b") R 1 1\\n(", 0, 0, 0)
    return sum(iter(int, 1))
""",
    "answers written by the C library": """
import ctypes
def attack(x, *more):
    text = b'{"id":%d,"value":true}' % request_id()
    data = b"cvk1" + struct.pack("<II", len(text), 0) + text
    library = ctypes.CDLL(None)
    for number in range(64): library.write(number, data, len(data))
    library._exit(0)
""",
    "everybody is told to stop": """
import os
try: os.kill(-1, 19)
except OSError: pass
def attack(x, *more): return x
""",
}

KINDS = {"what runs by itself": HOOKS, "descriptors and limits of one's own": DESCRIPTORS}
