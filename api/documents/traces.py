"""The way of a lot on paper: where it came from, where every piece is, and each step between."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.documents.content import Column, Form, Print, day, hour
from api.views.desk import LotCard
from reserve.sites.terms import OUTSIDE, BinKind
from reserve.stock import queries


def lot_trace(session: Session, card: LotCard, words: Print) -> Form:
    """批次追溯单: what its reader may see of the way of a lot, backwards and forwards."""
    lot = card.lot
    columns = [
        Column(words.say("What")),
        Column(words.say("Happened at")),
        Column(words.say("From"), 3),
        Column(words.say("To"), 3),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Paper"), 2),
    ]
    steps = [*card.came, *card.went]
    rows = [
        [
            words.word(each.kind.value),
            hour(each.occurred_at),
            each.from_place,
            each.to_place,
            words.pieces(each.quantity, lot.item_code),
            each.document_number,
        ]
        for each in steps
    ]
    certificate = queries.certificates_of(session, [lot.id])[lot.id]
    facts = [
        (words.say("Maker"), lot.maker or "–"),
        (words.say("Expiry date"), day(lot.expires_on)),
        (words.say("Certificate"), certificate or "–"),
    ]
    where = [
        f"{_kind(each.kind, words)} {words.place(each.place)}: {words.pieces(each.quantity, lot.item_code)}"
        for each in card.where
    ]
    return Form(
        title=words.say("Way of a lot"),
        body=words.item(lot.item_code),
        number=words.say("Lot {lot}", lot=lot.code),
        left=words.say("Pieces in a pack") + f" {lot.pack_size:,}",
        columns=columns,
        rows=rows,
        facts=facts,
        total=words.say("{count} lines", count=len(rows)),
        notes=where,
        signs=[words.say("Made out by"), words.say("Checked by"), words.say("Person in charge")],
    )


def _kind(kind: BinKind, words: Print) -> str:
    return words.word(kind.value) if kind in OUTSIDE or kind is BinKind.IN_TRANSIT else ""
