"""Messages that no process of ours would send, and criteria that turn on the notebook's process."""

from __future__ import annotations


def _forged(value: str, buffer: str = 'b""') -> str:
    return f"""
def attack(x, *more):
    write({{"id": request_id(), "value": {value}}}, {buffer})
"""


_EVERY_SOCKET = """
def every_socket():
    return [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0]
"""

WIRE = {
    "addresses of objects": _forged('{"t": "nd", "d": "|O", "s": [1], "b": 0}', 'b"A" * 8'),
    "items of no bytes, without end": _forged('{"t": "nd", "d": "|V0", "s": [2**61], "b": 0}'),
    "arrays in an array": _forged('{"t": "nd", "d": "(100000000,)f8", "s": [0], "b": 0}'),
    "axes whose product is not a number any more": _forged(
        '{"t": "nd", "d": "<f8", "s": [2**61, 2**61, 0], "b": 0}'
    ),
    "a mask that is larger than its array": _forged(
        '{"t": "nd", "d": "<f8", "s": [1], "b": 0, "c": "MaskedArray", "m": 2**61}', "bytes(8)"
    ),
    "the same key several times": """
def attack(x, *more):
    write(b'{"id":0,"value":1,"id":%d,"value":null,"error":{},"callback":0}' % request_id())
""",
    "numbers that are none in JSON": """
def attack(x, *more):
    write(b'{"id":%d,"value":NaN,"args":[Infinity,1e999,1e%s]}' % (request_id(), b"9" * 10**6))
""",
    "an id that is equal, and no integer": """
def attack(x, *more): write(b'{"id":%d.0,"value":{"t":"list","v":[]}}' % request_id())
""",
    "half of an answer, and the end": """
import os
def attack(x, *more):
    for sock in every_socket():
        try: sock.sendall(b"cvk1" + struct.pack("<II", 1000, 0) + b'{"id":')
        except OSError: pass
    os._exit(0)
""",
    "descriptors beside the answer": """
import array, os
def attack(x, *more):
    many = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", os.pipe() * 100))
    for sock in every_socket():
        for _ in range(200):
            try: sock.sendmsg([b"c"], [many])
            except OSError: break
    return x
""",
    "a socket that is closed halfway, with no room": """
def attack(x, *more):
    for sock in every_socket():
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
        try: sock.shutdown(socket.SHUT_RD)
        except OSError: pass
    return np.ones((300, 2000))
""",
}

PARENT = {
    "its timers ring": """
import os, signal
def attack(x, *more):
    for name in ("ALRM", "VTALRM", "PROF", "XCPU", "URG", "CHLD", "PIPE", "USR1"):
        try: os.kill(os.getppid(), getattr(signal, "SIG" + name))
        except OSError: pass
    return x
""",
    "it may have nothing any more": """
import os, resource
def attack(x, *more):
    for name in ("AS", "DATA", "STACK", "NPROC", "NOFILE", "CPU", "FSIZE"):
        try: resource.prlimit(os.getppid(), getattr(resource, "RLIMIT_" + name), (0, 0))
        except (OSError, ValueError): pass
    return x
""",
    "it is stopped between two criteria": """
import os, signal
def attack(x, *more):
    os.kill(os.getppid(), signal.SIGSTOP)
    return x
""",
    "a grandchild answers in its place": """
import os, time
def attack(x, *more):
    if os.fork():
        time.sleep(0.05)
        os._exit(0)
    return x
""",
}

KINDS = {
    "messages that nobody sends": {name: _EVERY_SOCKET + a for name, a in WIRE.items()},
    "a criterion against the notebook's process": PARENT,
}
