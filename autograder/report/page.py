"""The one Jinja environment: it escapes and sanitizes everything and loads nothing remote."""

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
    """Render ``template`` with ``values``."""
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
        # The stylesheet is ours, and the only thing a page may use: no scripts, images or URLs.
        "style": Markup(style),
        "policy": Markup(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
        ).format(digest),
    }
    environment.filters |= {"points": number, "prose": prose}
    return environment


def _for_every_language(style: str) -> str:
    """Expand a selector containing ``LANG`` to a list with one selector per language."""

    def selectors(found: re.Match[str]) -> str:
        return ", ".join(found[0].replace("LANG", lang) for lang in LANGUAGES)

    return re.sub(r"^[^{\n]*LANG[^{\n]*(?= {)", selectors, style, flags=re.M)


def _say(lang: str, key: str, **values: object) -> str:
    return say(lang, key, **values) if values else _phrases()[lang, key]


@cache
def _phrases() -> dict[tuple[str, str], Markup]:
    """All phrases, escaped once rather than on each of thousands of pages."""
    return {(lang, key): escape(PAGES.say(lang, key)) for key in PAGES for lang in LANGUAGES}


@cache
def _chip(lang: str, status: str) -> Markup:
    """A status as an icon and a word; colour only repeats what they say."""
    return Markup(
        '<span class="chip {0}"><svg class="icon" aria-hidden="true"><use href="#i-{0}"/></svg>'
        "{1}</span>"
    ).format(status, _say(lang, status))
