"""Papers of dispatch: the order letter 调拨指令, its item list 调拨单, the pick list, and 随货同行单 with the goods."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy.orm import Session

from api.documents.content import Column, Form, Print, hour, lot_cells
from api.documents.notes import form_of
from reserve.clock import local_day
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch import rules
from reserve.dispatch.models import OrderLine, Shipment
from reserve.incidents import queries as incident_queries
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import State
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin
from reserve.stock import booked
from reserve.stock import queries as stock_queries
from reserve.stock.scans import document_label


def dispatch_note(session: Session, order: Document, words: Print) -> Form:
    """调拨单: what goes from where to whom, line by line, with the latest arrival."""
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Item"), 4),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Packs"), 2),
        Column(words.say("To"), 4),
        Column(words.say("Arrives by")),
        Column(words.say("Owner"), 3),
    ]
    grounds = dispatch_queries.order_lines(session, order.id)
    rows = [
        [
            str(line.line_no),
            words.item(line.item_code) + _instead_of(grounds.get(line.id), line, words),
            words.pieces(line.quantity, line.item_code),
            words.packs(line.quantity, words.items[line.item_code].pack_size),
            words.place(line.receiver_code),
            hour(line.latest_arrival_at),
            words.place(line.owner_code),
        ]
        for line in paper_queries.lines_of(session, order.id)
    ]
    sources = sorted({line.source_code for line in paper_queries.lines_of(session, order.id)})
    facts = [(words.say("From"), words.place(code)) for code in sources]
    return form_of(session, order, words, columns, rows, facts=facts, title=words.say("Dispatch note"))


def _instead_of(ground: OrderLine | None, line: DocumentLine, words: Print) -> str:
    """For which item a substitute goes, and at what ratio; nothing where the item itself goes."""
    needed = rules.item_of_key(ground.need_key) if ground else line.item_code
    if ground is None or needed == line.item_code:
        return ""
    ratio = {"units": ground.numerator, "needed": ground.denominator}
    return words.say(" (in place of {item}, {units} for {needed})", item=words.item(needed), **ratio)


def letter(session: Session, order: Document, words: Print) -> Form:
    """调拨指令: the letter that orders it, with the ground, the signers and room for the seal."""
    content = json.loads(order.content)
    note = dispatch_note(session, order, words)
    history = paper_queries.history_of(session, order.id)
    lines = paper_queries.lines_of(session, order.id)
    issued = next((each for each in history if each.state is State.ISSUED), None)
    signers = dict.fromkeys(words.word(each.role) for each in paper_queries.signatures_of(session, order.id))
    incident = incident_queries.get_incident(session, order.incident_code) if order.incident_code else None
    receivers = list(dict.fromkeys(words.place(line.receiver_code) for line in lines))
    latest = max((line.latest_arrival_at for line in lines if line.latest_arrival_at), default=None)
    occasion = incident.title_zh if incident else order.title
    paragraphs = [
        words.say("For {occasion}, the supplies listed below are dispatched from your store.", occasion=occasion),
        words.say("Let them arrive by {time} at the latest; tell us at once if that cannot be.", time=hour(latest)),
        words.say(
            "Ground: response of level {level}. Who receives signs for what arrived, with damage and shortage.",
            level=order.response_level or "–",
        ),
    ]
    day = local_day(issued.recorded_at) if issued else None
    dated = words.say("{year}-{month}-{day} issued", year=day.year, month=day.month, day=day.day) if day else "–"
    more = {
        "urgency": words.say("Urgency: {urgency}", urgency=content.get("urgency", "")),
        "state": words.word(history[-1].state.value),
        "signer": words.say("Signed by: {roles}", roles="、".join(signers) or "–"),
        "to": words.say("To: {stores}", stores="、".join(fact[1] for fact in note.facts)),
        "paragraphs": paragraphs,
        "issued_on": dated,
        "copies": words.say("Copies: {receivers}", receivers="、".join(receivers)),
    }
    return replace(note, title=words.word(order.kind.value), more=more, notes=())


def pick_list(session: Session, order: Document, words: Print) -> Form:
    """拣货单: bin by bin the lots that stand by for an order, in the order in which they expire within a bin."""
    rows = []
    numbers = {line.id: line for line in paper_queries.lines_of(session, order.id)}
    holds = stock_queries.open_holds(session, document_id=order.id)
    lots = stock_queries.lots_by_id(session, {hold.lot_id for hold in holds})
    accounts = stock_queries.accounts_by_id(session, {hold.account_id for hold in holds})
    bins = {account.id: session.get_one(Bin, account.bin_id) for account in accounts.values()}
    last = max((lot.expires_on for lot in lots.values() if lot.expires_on), default=None)
    walk = sorted(
        holds,
        key=lambda hold: (
            bins[hold.account_id].place,
            bins[hold.account_id].code,
            lots[hold.lot_id].expires_on or last or local_day(hold.placed_at),
            hold.id,
        ),
    )
    for place, hold in enumerate(walk, 1):
        lot, bin_row = lots[hold.lot_id], bins[hold.account_id]
        rows.append(
            [
                str(place),
                f"{bin_row.place} / {bin_row.code}",
                words.item(lot.item_code),
                *lot_cells(lot),
                words.pieces(hold.quantity, lot.item_code),
                words.packs(hold.quantity, lot.pack_size),
                words.place(numbers[hold.document_line_id].receiver_code),
                "□",
            ]
        )
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Bin"), 2),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Packs"), 2),
        Column(words.say("To"), 3),
        Column(words.say("Picked"), mid=True),
    ]
    form = form_of(session, order, words, columns, rows, title=words.say("Pick list"))
    return replace(form, seal=False, landscape=True, signs=[words.say("Picked by"), words.say("Checked by")])


def waybill(session: Session, shipment: Shipment, words: Print) -> Form:
    """随货同行单: what left together, with vehicle, driver, pass and seal; travels with the goods."""
    sites = site_queries.sites_by_id(session, [shipment.source_site_id, shipment.receiver_site_id])
    source, receiver = sites[shipment.source_site_id], sites[shipment.receiver_site_id]
    order = paper_queries.documents_by_id(session, [shipment.document_id])[shipment.document_id]
    lines = [
        line
        for line in booked.booked_lines(session, documents=[order.id])
        if line.to_place == shipment.number and line.from_place == source.code
    ]
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Packs"), 2),
        Column(words.say("Received"), 2),
        Column(words.say("Damaged or short"), 2),
    ]
    rows = [
        [
            str(place),
            words.item(line.lot.item_code),
            *lot_cells(line.lot),
            words.pieces(line.quantity, line.lot.item_code),
            words.packs(line.quantity, line.lot.pack_size),
            "",
            "",
        ]
        for place, line in enumerate(lines, 1)
    ]
    facts = [
        (words.say("From"), words.place(source.code)),
        (words.say("To"), words.place(receiver.code)),
        (words.say("Vehicle"), shipment.vehicle_no or "–"),
        (words.say("Driver"), shipment.driver or "–"),
        (words.say("Pass"), shipment.pass_no or "–"),
        (words.say("Seal"), shipment.seal_no or "–"),
        (words.say("Order"), order.number),
        (words.say("Planned arrival"), hour(shipment.planned_arrival_at)),
    ]
    form = form_of(session, order, words, columns, rows, facts=facts, title=words.say("Waybill"))
    return replace(
        form,
        number=words.say("No. {number}", number=shipment.number),
        left=words.say("Departed at {time}", time=hour(shipment.departed_at)),
        code=document_label(shipment.number),
        footer=words.say("Recorded at {time}", time=hour(shipment.recorded_at)),
        notes=(),
        signs=[words.say("Handed over by"), words.say("Driver"), words.say("Received by")],
    )
