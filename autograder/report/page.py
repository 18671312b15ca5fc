"""The one Jinja environment: everything escaped and cleaned, nothing loaded from elsewhere."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.messages.pages import PAGES, say
from autograder.report.markup import number, plain, prose
from autograder.text import LANGUAGES

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """The page ``template`` makes of ``values``."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    style = _for_every_language((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals |= {
        "say": _say,
        "chip": _chip,
        # Our own file, and the only thing a page may use: no script, no picture, no address.
        "style": Markup(style),
        "policy": Markup(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
        ).format(digest),
    }
    environment.filters |= {"points": number, "prose": prose}
    return environment


def _for_every_language(style: str) -> str:
    """A selector with ``LANG`` in it becomes a list of one for each language."""

    def selectors(found: re.Match[str]) -> str:
        return ", ".join(found[0].replace("LANG", lang) for lang in LANGUAGES)

    return re.sub(r"^[^{\n]*LANG[^{\n]*(?= {)", selectors, style, flags=re.M)


def _say(lang: str, key: str, **values: object) -> str:
    return say(lang, key, **values) if values else _phrases()[lang, key]


@cache
def _phrases() -> dict[tuple[str, str], Markup]:
    """All phrases escaped once, not on each of the thousands of pages that say them."""
    return {(lang, key): escape(PAGES.say(lang, key)) for key in PAGES for lang in LANGUAGES}


@cache
def _chip(lang: str, status: str) -> Markup:
    """A status as icon and word: colour only repeats what both already say."""
    return Markup(
        '<span class="chip {0}"><svg class="icon" aria-hidden="true"><use href="#i-{0}"/></svg>'
        "{1}</span>"
    ).format(status, _say(lang, status))
