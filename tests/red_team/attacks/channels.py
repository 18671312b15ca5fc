"""Notebooks that do to the grader's own channels what they were not made for.

The forger's tools are `FORGE`: bytes on every socket there is.
"""

from __future__ import annotations

SOCKETS = """
def sockets(): return [o for o in gc.get_objects() if isinstance(o, socket.socket)]
def each(act):
    for sock in sockets():
        try: act(sock)
        except OSError: pass
"""

ATTACKS = {
    "answers to what is yet to be asked": """
def attack(x, *more):
    for sock in sockets():
        try: waiting = sock.recv(10**6, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError: continue
        for number in re.findall(rb'{"id":(\\d+)', waiting):
            write({"id": int(number), "value": None})
    return x
""",
    "what is yet to be asked is taken away": """
def attack(x, *more):
    for sock in sockets():
        try: sock.recv(10**6, socket.MSG_DONTWAIT)
        except OSError: pass
    return x
""",
    "what is yet to be asked is answered with itself": """
def attack(x, *more):
    for sock in sockets():
        try: waiting = sock.recv(10**6, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError: continue
        try: sock.sendall(waiting)
        except OSError: pass
    return x
""",
    "urgent bytes": """
def attack(x, *more):
    each(lambda sock: sock.send(b"x", socket.MSG_OOB))
    return x
""",
    "nothing more is read": """
def attack(x, *more):
    each(lambda sock: sock.shutdown(socket.SHUT_RD))
    return x
""",
    "nothing more is written": """
def attack(x, *more):
    each(lambda sock: sock.shutdown(socket.SHUT_WR))
    return x
""",
    "an answer with descriptors": """
import time
def attack(x, *more):
    head = json.dumps({"id": request_id(), "value": None}).encode()
    data = b"cvk1" + struct.pack("<II", len(head), 0) + head
    each(lambda sock: socket.send_fds(sock, [data], [sock.fileno()] * 20))
    time.sleep(0.2)
    return x
""",
    "as many buffers as there may be": """
def attack(x, *more):
    items = [{"t": "bytes", "b": number} for number in range(9999)]
    write({"id": request_id(), "value": {"t": "list", "v": items}}, *[b""] * 9999)
""",
    "lengths that add up to more than there is": """
def attack(x, *more):
    lengths = struct.pack("<10000Q", *[2**63] * 10_000)
    each(lambda sock: sock.sendall(b"cvk1" + struct.pack("<II", 2, 10_000) + lengths + b"{}"))
""",
    "64 MB announced, then silence": """
import time
def attack(x, *more):
    head = b"cvk1" + struct.pack("<II", 8 * 2**20, 1) + struct.pack("<Q", 64 * 2**20)
    each(lambda sock: sock.sendall(head))
    time.sleep(100)
""",
    "a header of millions": """
def attack(x, *more):
    junk = b"{}," * 2_700_000
    write(b'{"id":%d,"value":{"t":"obj","c":"x","j":[%s{}]}}' % (request_id(), junk))
""",
    "questions whose answers nobody reads": """
def attack(x, *more):
    head = json.dumps({"id": request_id(), "callback": 0, "args": {"t": "list", "v": []}}).encode()
    data = b"cvk1" + struct.pack("<II", len(head), 0) + head
    def flood(sock):
        while True: sock.sendall(data)
    each(flood)
""",
    "an error and a value": (
        "def attack(x, *more): write({'id': request_id(), 'error': None, 'value': 1})"
    ),
    "an id that is nearly right": (
        "def attack(x, *more): write({'id': float(request_id()), 'value': None})"
    ),
    "records without end": """
row = {"t": "dict", "k": ["index", "status", "error"], "v": [0, "ok", "\\x1b[2J" * 9]}
names = ["f%d" % number for number in range(90_000)]
write({"records": {"t": "list", "v": [row] * 30_000},
       "defined": {"t": "dict", "k": names, "v": [None] * 90_000}})
def attack(x, *more): return x
""",
    "a place that is nowhere": """
import os
write({"at": {"t": "list", "v": [{"t": "int", "v": hex(2**4000)}, -5]}})
os._exit(0)
""",
    "a child beside itself": """
import ctypes
def attack(x, *more):
    ctypes.CDLL(None).syscall(56, 0x8000 | 17, None, None, None, None)
    return x
""",
    "folders in folders": """
import os
for _ in range(900):
    os.mkdir("d"); os.chdir("d")
def attack(x, *more): return x
""",
}

DEAR = {
    "a cell that is expensive to parse": [
        "class Convolution: pass\n",
        "#" + ".forward:" * 400_000,
    ],
    "thousands of cells that fail": ["class Convolution: pass\n", *["x ="] * 4000],
}
