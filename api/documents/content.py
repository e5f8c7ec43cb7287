"""What a paper says, in the reader's language, before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.documents.rendering import qr, render
from api.i18n import Language, Text
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.clock import LOCAL
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.stock.models import Lot


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed table. ``width`` is a share; 0 is as wide as what stands in it."""

    head: str
    width: int = 0
    right: bool = False
    mid: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """The words and the world behind printed papers: one language, names by code, drill or not."""

    text: Text
    is_drill: bool
    items: Mapping[str, Item]
    sites: Mapping[str, Site]
    organisations: Mapping[str, Organisation]

    def item(self, code: str) -> str:
        """Code and name."""
        item = self.items.get(code)
        return code if item is None else f"{code} {self._name(item)}"

    def item_name(self, code: str) -> str:
        item = self.items.get(code)
        return code if item is None else self._name(item)

    def place(self, code: str) -> str:
        """A site or an organisation by its code."""
        found = self.sites.get(code) or self.organisations.get(code)
        return code if found is None else f"{self._name(found)} ({code})"

    def body(self, organisation: Organisation) -> str:
        return self._name(organisation)

    def pieces(self, quantity: int, item_code: str) -> str:
        """A quantity in the item's base unit."""
        item = self.items.get(item_code)
        return f"{quantity:,} {self.text.unit(item.unit)}" if item else f"{quantity:,}"

    def packs(self, quantity: int, pack_size: int) -> str:
        """Whole packs and what is left over: never without the pieces beside it."""
        if pack_size <= 1:
            return "–"
        whole, rest = divmod(quantity, pack_size)
        packs = self.text.say("{count} packs of {size}", count=whole, size=pack_size)
        return f"{packs} + {rest}" if rest else packs

    def word(self, value: str) -> str:
        return self.text.word(value)

    def cause(self, value: str) -> str:
        """Why a shelf and the book differ."""
        return self.text.catalogue.pgettext("cause", value)

    def say(self, message: str, /, **facts: object) -> str:
        return self.text.say(message, **facts)  # the caller's own literal is what a test looks for

    def _name(self, thing: Any) -> str:
        english = getattr(thing, "name_en", "") if self.text.language is Language.EN else ""
        return english or thing.name_zh


def print_in(session: Session, text: Text) -> Print:
    """Everything that papers name, read once."""
    installation = organisation_queries.find_installation(session)
    return Print(
        text=text,
        is_drill=installation is not None and installation.is_drill,
        items=catalogue_queries.items_by_code(session),
        sites=site_queries.sites_by_code(session),
        organisations=organisation_queries.organisations_by_code(session),
    )


def hour(instant: datetime | None) -> str:
    """Wall clock in Hebei."""
    return "–" if instant is None else instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def day(value: date | None) -> str:
    return "–" if value is None else value.isoformat()


def lot_cells(lot: Lot) -> tuple[str, str]:
    """Code, and the expiry as known."""
    return lot.code, day(lot.expires_on)


@dataclass(frozen=True, slots=True)
class Form:
    """A note, list or card. The same fields in the order in which they stand on paper."""

    title: str
    body: str
    number: str
    left: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    facts: Sequence[tuple[str, str]] = ()
    total: str = ""
    notes: Sequence[str] = ()
    signs: Sequence[str] = ()
    seal: bool = False
    code: str = ""
    """Text of its QR code; empty for none."""
    landscape: bool = False
    footer: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What other templates than the form need besides."""


def as_pdf(form: Form, words: Print, template: str = "form") -> bytes:
    """The paper as PDF: the same form gives the same bytes."""
    return render(template, content_of(form, words))


def content_of(form: Form, words: Print) -> dict[str, Any]:
    is_chinese = words.text.language is Language.ZH
    return {
        "title": form.title,
        "body": form.body,
        "number": form.number,
        "left": form.left,
        "facts": [list(fact) for fact in form.facts],
        "columns": [
            {"head": each.head, "width": each.width, "right": each.right, "mid": each.mid} for each in form.columns
        ],
        "rows": [list(row) for row in form.rows],
        "total": form.total,
        "notes": list(form.notes),
        "signs": list(form.signs),
        "date_line": words.say("Date (y/m/d):"),
        "seal": words.say("(seal)") if form.seal else "",
        "qr": qr(form.code) if form.code else "",
        "landscape": form.landscape,
        "footer": form.footer,
        "drill": words.is_drill,
        "drill_word": words.say("Drill"),
        "lang": "zh" if is_chinese else "en",
        "region": "cn" if is_chinese else "gb",
        **form.more,
    }
