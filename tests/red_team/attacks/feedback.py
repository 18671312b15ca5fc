"""Ways to say in feedback what a hidden input is. The secret word must not be shown."""

from __future__ import annotations

SECRET = "zq7secret"
"""What the attacks would say; it is made at run time, so it is not in the notebook's source."""

_MADE = """
secret = "".join(["zq7", "sec", "ret"])
def hidden(x):  # inputs of examples that may be shown are whole numbers
    return isinstance(x, np.ndarray) and bool((x % 1).any())
"""

TELLING = {
    "the message of an exception": "raise ValueError(secret)",
    "the name of an exception's class": "raise type(secret, (Exception,), {})('no')",
    "the name of a returned object's class": "return type(secret, (), {})()",
    "a key that is missing": "return {}[secret]",
    "a name that is not defined": "return eval(secret)",
    "an attribute that does not exist": "return getattr(np, secret)",
    "a module that does not exist": "return __import__(secret)",
    "a file that does not exist": "return open(secret)",
    "a number that is none": "return int(secret)",
    "a dtype that does not exist": "return np.zeros(3, secret)",
    "an argument that is not expected": "return attack(x, **{secret: 1})",
    "a syntax error": "return compile(secret + ' = = 1', secret, 'exec')",
    "a text instead of an array": "return secret if hidden(x) else x",
    "a text, kept in a file for an example that is shown": (
        "import os\n"
        "    if hidden(x): open('note', 'w').write(secret)\n"
        "    return open('note').read() if os.path.exists('note') else x"
    ),
    "the keys of a dictionary": "return {secret: 1}",
    "the fields of an array": "return np.zeros(3, [(secret, float)])",
    "an array of texts": "return np.array([secret] * 4)",
    "notes of an exception": "e = ValueError('no'); e.add_note(secret); raise e",
    "the cause of an exception": "raise ValueError('no') from KeyError(secret)",
    "a group of exceptions": "raise ExceptionGroup(secret, [ValueError(secret)])",
    "the name of a function in a traceback": (
        "f = lambda: 1 / 0; f.__code__ = f.__code__.replace(co_name=secret); f()"
    ),
    "the file of a function in a traceback": (
        "f = lambda: 1 / 0; f.__code__ = f.__code__.replace(co_filename=secret); f()"
    ),
    "the file name of a cell": (
        "exec(compile('1 / 0', '<cell 3> ' + secret, 'exec'), {'__name__': secret})"
    ),
    "the lines that linecache knows": (
        "import linecache\n"
        "    for name in [*linecache.cache, *(f'<cell {n}>' for n in range(9))]:\n"
        "        linecache.cache[name] = (1, None, [secret + chr(10)] * 99, name)\n"
        "    raise ValueError"
    ),
    "a line beyond the end of the cell": (
        "exec(compile(chr(10) * 500 + 'raise ValueError(secret)', '<cell 3>', 'exec'), globals())"
    ),
    "an exception hook": (
        "sys.excepthook = lambda *a: sys.__stderr__.write(secret)\n    raise ValueError(secret)"
    ),
    "what is printed": "print(secret, file=sys.__stdout__); print(secret, file=sys.stderr)",
    "a warning": "__import__('warnings').warn(secret)",
    "the text of an object": (
        "class T(str):\n        __str__ = __repr__ = lambda s: secret\n"
        "    return T(secret) if hidden(x) else x"
    ),
    "decimal commas": "raise ValueError(secret + ' ' + ' '.join(map(str, (0.5, '0,123456789'))))",
}

ATTACKS = {
    name: _MADE + f"def attack(x, *more):\n    {statement}" for name, statement in TELLING.items()
}

ATTACKS["a file, for the cells of the next loading"] = (
    _MADE
    + """
import os, signal
for name in os.listdir():
    if name.endswith("told"): raise ValueError(name)
def attack(x, *more):
    open(secret + "told", "w").close()
    os.kill(os.getppid(), signal.SIGKILL)
    return x
"""
)
