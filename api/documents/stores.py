"""Papers of a place: 台账 and 库存表 with both stamps, 货位卡, the blind sheet for counting, labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.documents.content import Column, Form, Print, content_of, day, hour, lot_cells
from api.documents.rendering import qr, render
from reserve.organisations import queries as organisation_queries
from reserve.papers.models import Document
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.stock import booked
from reserve.stock.models import Lot
from reserve.stock.scans import bin_label, lot_label

LAST_ON_CARD = 25
"""Movements that a bin card shows."""
MOST_LABELS = 500


def _site_form(session: Session, site: Site, words: Print, **values: Any) -> Form:
    organisation = organisation_queries.organisations_by_id(session, [site.organisation_id])[site.organisation_id]
    return Form(**{"body": words.body(organisation), "number": words.place(site.code), **values})


def _stamps(as_of: datetime, known_at: datetime, words: Print) -> str:
    """Both stamps: of the world, and of what was known of it."""
    return words.say("As of {as_of}, as known at {known_at}", as_of=hour(as_of), known_at=hour(known_at))


def balance(session: Session, site: Site, words: Print, *, as_of: datetime, known_at: datetime) -> Form:
    """库存表: what stood at a site at any hour, as known at any hour."""
    standing = booked.standing_at(session, site.code, as_of=as_of, known_at=known_at)
    columns = [
        Column(words.say("Item"), 4),
        Column(words.say("Bin")),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("Owner"), 3),
        Column(words.say("Fund")),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Packs"), 2),
    ]
    rows = [
        [
            words.item(each.lot.item_code),
            each.bin_code,
            *lot_cells(each.lot),
            words.place(each.owner_code),
            words.word(each.fund.value),
            words.pieces(each.quantity, each.lot.item_code),
            words.packs(each.quantity, each.lot.pack_size),
        ]
        for each in standing
    ]
    stamps = _stamps(as_of, known_at, words)
    return _site_form(
        session,
        site,
        words,
        title=words.say("Stock balance"),
        left=stamps,
        columns=columns,
        rows=rows,
        total=words.say("{count} lines", count=len(rows)),
        signs=[words.say("Made out by"), words.say("Checked by"), words.say("Person in charge")],
        footer=stamps,
        landscape=True,
    )


def ledger(session: Session, site: Site, words: Print, *, item_code: str, as_of: datetime, known_at: datetime) -> Form:
    """台账: what came, went and was left of the items of a site, up to any hour, as known at any hour."""
    lines = booked.booked_lines(session, site_code=site.code, as_of=as_of, known_at=known_at, with_undone=True)
    rest: dict[str, int] = defaultdict(int)
    rows = []
    for line in sorted(lines, key=lambda line: line.occurred_at):
        code = line.lot.item_code
        if item_code and code != item_code:
            continue
        came = line.quantity if line.to_place == site.code else 0
        went = line.quantity if line.from_place == site.code else 0
        rest[code] += came - went
        other = line.from_place if came and not went else line.to_place
        rows.append(
            [
                hour(line.occurred_at),
                line.number,
                words.word(line.kind.value),
                words.item(code),
                line.lot.code,
                words.place(other) if came != went else f"{line.from_bin} → {line.to_bin}",
                f"{came:,}" if came else "",
                f"{went:,}" if went else "",
                f"{rest[code]:,}",
            ]
        )
    columns = [
        Column(words.say("Happened at")),
        Column(words.say("Paper")),
        Column(words.say("What")),
        Column(words.say("Item"), 3),
        Column(words.say("Lot code"), 2),
        Column(words.say("Other side"), 3),
        Column(words.say("In"), right=True),
        Column(words.say("Out"), right=True),
        Column(words.say("Left over"), right=True),
    ]
    stamps = _stamps(as_of, known_at, words)
    return _site_form(
        session,
        site,
        words,
        title=words.say("Stock ledger"),
        left=stamps,
        columns=columns,
        rows=rows,
        total=words.say("{count} lines", count=len(rows)),
        signs=[words.say("Made out by"), words.say("Checked by"), words.say("Person in charge")],
        footer=stamps,
        landscape=True,
    )


def bin_card(session: Session, site: Site, bin_row: Bin, words: Print, *, now: datetime) -> Form:
    """货位卡: what stands in a bin, and what came and went lately."""
    standing = [
        each
        for each in booked.standing_at(session, site.code, as_of=now, known_at=now)
        if each.bin_code == bin_row.code
    ]
    here = (site.code, bin_row.code)
    lines = [
        line
        for line in booked.booked_lines(session, site_code=site.code, as_of=now, known_at=now, with_undone=True)
        if here in ((line.from_place, line.from_bin), (line.to_place, line.to_bin))
    ]
    rows = [
        [
            hour(line.occurred_at),
            line.number,
            words.item(line.lot.item_code),
            *lot_cells(line.lot),
            f"{line.quantity:,}" if (line.to_place, line.to_bin) == here else "",
            f"{line.quantity:,}" if (line.from_place, line.from_bin) == here else "",
        ]
        for line in lines[-LAST_ON_CARD:]
    ]
    columns = [
        Column(words.say("Happened at")),
        Column(words.say("Paper")),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("In"), right=True),
        Column(words.say("Out"), right=True),
    ]
    facts = [
        (
            words.item_name(each.lot.item_code),
            f"{each.lot.code} · {day(each.lot.expires_on)} · {words.pieces(each.quantity, each.lot.item_code)}",
        )
        for each in standing
    ]
    return _site_form(
        session,
        site,
        words,
        title=words.say("Bin card"),
        number=words.say("Bin {code}", code=bin_row.code),
        left=words.place(site.code),
        columns=columns,
        rows=rows,
        facts=facts,
        signs=[words.say("Storekeeper")],
        code=bin_label(site.code, bin_row.code),
        footer=_stamps(now, now, words),
    )


def count_sheet(session: Session, site: Site, words: Print, *, now: datetime) -> Form:
    """盘点表 to be filled in by hand. Blind: it names what to look for and never what the book says."""
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Bin")),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("Owner"), 2),
        Column(words.say("Counted"), 2),
        Column(words.say("Counted at"), 2),
    ]
    standing = booked.standing_at(session, site.code, as_of=now, known_at=now)
    walk = sorted(standing, key=lambda each: (each.bin_code, each.lot.item_code, each.lot.id))
    rows = [
        [str(place), each.bin_code, words.item(each.lot.item_code), *lot_cells(each.lot), each.owner_code, "", ""]
        for place, each in enumerate(walk, 1)
    ]
    return _site_form(
        session,
        site,
        words,
        title=words.say("Count sheet (blind)"),
        left=words.say("Printed from the books of {time}", time=hour(now)),
        columns=columns,
        rows=rows,
        total=words.say("{count} lines", count=len(rows)),
        notes=[words.say("Write down what is there, also what is not on this sheet, with the time of counting.")],
        signs=[words.say("Counted by"), words.say("Counted again by"), words.say("Supervisor")],
        footer=words.say("Printed from the books of {time}", time=hour(now)),
        landscape=True,
    )


# --- labels -------------------------------------------------------------------------------------------------------


def bin_labels(bins: Sequence[Bin], words: Print) -> bytes:
    """One label for each bin of a site."""
    return _labels(
        [
            {
                "kind": words.say("Bin"),
                "head": each.code,
                "facts": [[words.place(each.place), ""]],
                "qr": qr(bin_label(each.place, each.code)),
                "code": f"{each.place}/{each.code}",
            }
            for each in bins
        ],
        words,
    )


def goods_labels(session: Session, document: Document, words: Print, *, boxes: bool) -> bytes:
    """One label for each lot of a paper; or one for each box of it, with the pieces inside."""
    amounts: dict[int, int] = defaultdict(int)
    lots: dict[int, Lot] = {}
    for line in booked.booked_lines(session, documents=[document.id]):
        lots[line.lot.id] = line.lot
        amounts[line.lot.id] += line.quantity
    labels: list[dict[str, Any]] = []
    for lot_id, lot in lots.items():
        parts: Sequence[int | None] = _boxes(amounts[lot_id], lot.pack_size) if boxes else [None]
        labels += [_goods_label(lot, pieces, words) for pieces in parts[: MOST_LABELS - len(labels)]]
    return _labels(labels, words)


def _boxes(quantity: int, pack_size: int) -> list[int]:
    whole, rest = divmod(quantity, pack_size)
    return [pack_size] * min(whole, MOST_LABELS) + ([rest] if rest else [])


def _goods_label(lot: Lot, pieces: int | None, words: Print) -> dict[str, Any]:
    inside = pieces if pieces is not None else lot.pack_size
    return {
        "kind": words.say("Lot label") if pieces is None else words.say("Box label"),
        "head": words.item_name(lot.item_code),
        "facts": [
            [words.say("Item code"), lot.item_code],
            [words.say("Lot code"), lot.code],
            [words.say("Expiry date"), day(lot.expires_on)],
            [words.say("Maker"), lot.maker or "–"],
            [words.say("Pieces in a pack"), words.pieces(inside, lot.item_code)],
        ],
        "qr": qr(lot_label(lot.item_code, lot.code, expires_on=lot.expires_on, maker=lot.maker, pieces=pieces)),
        "code": f"{lot.item_code} · {lot.code}",
    }


def _labels(labels: list[dict[str, Any]], words: Print) -> bytes:
    frame = Form(title=words.say("Labels"), body="", number="", left="", columns=(), rows=())
    return render("labels", {**content_of(frame, words), "labels": labels})


def bins_of(session: Session, site: Site) -> list[Bin]:
    return list(site_queries.bins_of_site(session, site).values())
