"""Proxies of one notebook, wherever the notebook looks the parts up.

That is under their own names, in other spellings, and in modules that do not exist.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .reference_channel import Channel
from .reference_proxies import make_proxy, replace_method, with_own_members

_WORD = re.compile(r"[^\W\d]\w*")
# Each of these looks at a character a few times at most: a notebook may have megabytes of text.
_FROM = re.compile(r"^[ \t]*+from[ \t]+([\w.]+)[ \t]+import[ \t]*+(\([^()]*\)|[^\n#;]*)", re.M)
_DOTTED = re.compile(r"\w+(?:[ \t]*\.[ \t]*\w+)++")
_IMPORT = re.compile(r"^[ \t]*+import[ \t]+([^\n#;]+)", re.M)
_NO_SPACES = str.maketrans("", "", " \t")

MAX_DOTS = 12
"""How many names may be joined by dots."""


class InstalledProxies:
    """The proxies of one notebook, installed wherever the notebook will look them up.

    Args:
        descriptions: from the host: ``name``, ``methods`` (None for a function), ``spellings``
            (other names for it) and ``replaces`` (the notebook's own names that it replaces; for a
            ``Class.method``, the class's and the method's).
        sources: the notebook's cells.
        channel: the proxies' connection.

    Attributes:
        fixed: proxies by name that no cell may redefine.
        loose: proxies by a spelling that the notebook uses and may also define itself.
    """

    def __init__(
        self,
        descriptions: Sequence[Mapping[str, Any]] = (),
        sources: Sequence[str] = (),
        channel: Channel | None = None,
    ) -> None:
        self.fixed: dict[str, Any] = {}
        self.loose: dict[str, Any] = {}
        self._by_form: dict[str, Any] = {}
        self._channel = channel or Channel()
        self._methods = [each for each in descriptions if "." in each["name"]]
        for description in descriptions:
            if "." in description["name"]:
                continue
            proxy = make_proxy(description, self._channel)
            name = description["name"]
            self.fixed |= dict.fromkeys([name, *description["replaces"]], proxy)
            for spelling in (name, *description["spellings"]):
                self._by_form.setdefault(_form(spelling), proxy)
        text = "\n".join(sources)
        for word in set(_WORD.findall(text)) - set(self.fixed):
            proxy = self.find(word)
            if proxy is not None:
                self.loose[word] = proxy
        self._serve_modules(text)

    def adopt(self, name: str, value: Any) -> None:
        """A cell has defined what a proxy replaces: what else is in it may be needed."""
        proxy = self.fixed[name]
        adopted = with_own_members(proxy, value)
        for names in (self.fixed, self.loose, self._by_form):
            names.update({key: adopted for key, each in names.items() if each is proxy})

    def replace_methods(self, own: Mapping[str, Any]) -> None:
        """Replace methods of the student's classes, once all cells have run.

        Args:
            own: what the student defined, by name.
        """
        for description in self._methods:
            kind, name = description["replaces"]
            if isinstance(own.get(kind), type):
                replace_method(own[kind], name, description["name"], self._channel)

    def find(self, name: str) -> Any:
        """The proxy that a name refers to in any spelling, or None."""
        return self.fixed.get(name) or self._by_form.get(_form(name))

    def _serve_modules(self, text: str) -> None:
        """Make the modules importable from which the notebook imports these names."""
        names = {name for name in _WORD.findall(text) if self.find(name) is not None}
        if not names:
            return
        asked = _asked_for(text, names)
        wanted: set[str] = set()
        for module, imported in _FROM.findall(text):
            if module.startswith("."):
                continue
            pieces = [piece.split() for piece in imported.strip("() \t").split(",")]
            for name, *alias in filter(None, pieces):
                if name == "*" or name in names:
                    wanted.add(module)
                elif (alias[-1] if alias else name) in asked:
                    wanted.add(f"{module}.{name}")
        for imported in _IMPORT.findall(text):
            for module, *alias in filter(None, (piece.split() for piece in imported.split(","))):
                if (alias[-1] if alias else module) in asked:
                    wanted.add(module)
        found = {name: proxy for name in names if (proxy := self.find(name)) is not None}
        sys.meta_path.append(_Finder(wanted, found))


def _asked_for(text: str, members: Collection[str]) -> set[str]:
    """What the notebook asks for one of these as an attribute: ``a.b`` and ``b`` of ``a.b.im2col``.

    A module is known by both, as it may be the attribute of something else.
    """
    asked: set[str] = set()
    for dotted in set(_DOTTED.findall(text)):
        names = dotted.translate(_NO_SPACES).split(".")
        for index, name in enumerate(names[:MAX_DOTS]):
            if index and name in members:
                asked |= {".".join(names[:index]), names[index - 1]}
    return asked


def _form(name: str) -> str:
    return name.replace("_", "").casefold()


class _Finder(MetaPathFinder):
    """Finds modules that do not exist otherwise, since it comes last in ``sys.meta_path``."""

    def __init__(self, modules: Iterable[str], members: Mapping[str, Any]) -> None:
        self._members = members
        self._modules = set(modules)
        for module in list(self._modules):
            while "." in module:
                module = module.rpartition(".")[0]
                self._modules.add(module)

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        if name not in self._modules:
            return None
        return ModuleSpec(name, _Loader(self._members), is_package=True)


class _Loader(Loader):
    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(self._members)
        vars(module)["__all__"] = list(self._members)
