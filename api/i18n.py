"""Chinese first, English second. Catalogues stand in ``api/locale``; message ids are English.

Context ``error`` holds one sentence for each error code, ``expected`` the phrases that problems say was expected,
``word`` the words of closed lists. The catalogues are compiled by ``pybabel compile -d api/locale``; a test holds
the compiled ones equal to what people edit.
"""

from __future__ import annotations

import gettext
import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request


class Language(StrEnum):
    """A language of pages and messages; the value is its tag in HTTP."""

    ZH = "zh-CN"
    EN = "en"

    @property
    def folder(self) -> str:
        return {Language.ZH: "zh_CN", Language.EN: "en"}[self]


COOKIE = "lang"


def language_of(request: Request) -> Language:
    """The reader's language: what the address asks for, else the cookie, else the browser; Chinese when in doubt."""
    asked = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if asked:
        return Language.EN if asked.lower().startswith("en") else Language.ZH
    return _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> Language:
    """The better placed of the two languages in an Accept-Language header."""
    best, language = 0.0, Language.ZH
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        found = {"zh": Language.ZH, "en": Language.EN}.get(tag.lower().split("-")[0])
        weight = float(quality) if re.fullmatch(r"[01](\.\d+)?", quality) else 0.0 if quality else 1.0
        if found and weight > best:
            best, language = weight, found
    return language


class Text:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        path = files("api") / "locale" / language.folder / "LC_MESSAGES" / "messages.mo"
        with path.open("rb") as catalogue:
            self.catalogue = gettext.GNUTranslations(catalogue)
        templates = [entry for entry in self._entries("expected") if "{1}" in entry[0]]
        templates.sort(key=lambda entry: len(entry[0]), reverse=True)  # "at least {1} pieces" before "at least {1}"
        self._phrases = [(_pattern(msgid), translation) for msgid, translation in templates]

    def say(self, message: str, /, **facts: Any) -> str:
        return _fill(self.catalogue.gettext(message), facts)

    def error(self, code: str, facts: Mapping[str, Any]) -> str:
        """The sentence for an error code; the code itself if nobody wrote one (a test keeps that from happening)."""
        told = {name: self.word(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        return _fill(self.catalogue.pgettext("error", code), told)

    def word(self, value: str) -> str:
        """A word of a closed list as people say it; any other text as it is."""
        return self.catalogue.pgettext("word", value)

    def unit(self, unit: str) -> str:
        """A base unit as people say it."""
        return self.catalogue.pgettext("unit", unit)

    def expected(self, phrase: str) -> str:
        """An expectation in this language. Phrases with values in them are found by their pattern ``at most {1}``."""
        whole = self.catalogue.pgettext("expected", phrase)
        if whole != phrase:
            return whole
        for pattern, translation in self._phrases:
            if match := pattern.fullmatch(phrase):
                return re.sub(r"\{(\d)\}", lambda place: match.group(int(place.group(1))), translation)
        return phrase

    def _entries(self, context: str) -> list[tuple[str, str]]:
        prefix = f"{context}\x04"
        entries: Mapping[Any, str] = self.catalogue._catalog  # type: ignore[attr-defined]
        return [
            (msgid.removeprefix(prefix), text)
            for msgid, text in entries.items()
            if isinstance(msgid, str) and msgid.startswith(prefix)
        ]


@cache
def text_in(language: Language) -> Text:
    return Text(language)


def _pattern(msgid: str) -> re.Pattern[str]:
    parts = re.split(r"\{\d\}", msgid)
    return re.compile("(.+?)".join(re.escape(part) for part in parts), re.DOTALL)


def _fill(template: str, facts: Mapping[str, Any]) -> str:
    """Put facts into a sentence; a fact that is missing shows as a dash rather than as a second error."""
    return template.format_map(defaultdict(lambda: "–", facts))
