"""Sheets of the store: opening balances, receipts, counts. Each row is a line of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from api.deps import found_in
from api.sheets.columns import Column, Form
from api.sheets.kinds import Kind, Row, Values
from reserve.clock import LOCAL
from reserve.commands import canonical_json
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers.terms import DocumentKind
from reserve.sheets.terms import SheetKind
from reserve.sites import queries as site_queries
from reserve.sites.terms import BinKind
from reserve.stock import booked, service
from reserve.stock.drafts import (
    CountDraft,
    CountLineDraft,
    LotDraft,
    LotRef,
    OpeningDraft,
    OpeningLineDraft,
    ReceiptDraft,
    ReceiptLineDraft,
)
from reserve.stock.models import Lot
from reserve.stock.terms import Fund, MovementKind

SITE = Column("site_code", "Site code", Form.CODE, required=True, codes_of="site", example="CK130100-01")
BIN = Column("bin_code", "Bin", Form.CODE, required=True, example="A1")
ITEM = Column("item_code", "Item code", Form.CODE, required=True, codes_of="item", example="H2010104")
ITEM_NAME = Column("item_name", "Item (for reading only)")
LOT = Column("lot_code", "Lot code", required=True, example="20260105A")
MAKER = Column("maker", "Maker")
EXPIRY = Column("expires_on", "Expiry date", Form.DAY, example="2028-01-05")
MADE = Column("made_on", "Made on", Form.DAY)
PACK = Column("pack_size", "Pieces in a pack", Form.WHOLE)
CERTIFICATE = Column("certificate", "Certificate")
OWNER = Column("owner_code", "Owner code", Form.CODE, required=True, codes_of="organisation")
FUND = Column("fund", "Fund", Form.CHOICE, required=True, choices=tuple(Fund), example="provincial")
UNIT = Column("unit", "Unit (checked)")
WHEN = Column("occurred_at", "When", Form.INSTANT, example="2026-01-06 08:30")
OTHER_EXPIRY = Column("other_expiry", "Label really says another expiry", Form.YES_NO)
PAPER = Column("paper", "Paper and line (leave empty)")


def _lot(values: Values) -> LotDraft:
    return LotDraft(
        item_code=values["item_code"],
        code=values["lot_code"],
        maker=values.get("maker", ""),
        expires_on=values.get("expires_on"),
        made_on=values.get("made_on"),
        pack_size=values.get("pack_size"),
        certificate=values.get("certificate"),
        confirms_other_expiry=values.get("other_expiry", False),
    )


def _lot_values(lot: Lot) -> dict[str, Any]:
    return {
        "item_code": lot.item_code,
        "lot_code": lot.code,
        "maker": lot.maker or None,
        "expires_on": lot.expires_on,
        "made_on": lot.made_on,
        "pack_size": lot.pack_size,
        "certificate": lot.certificate,
    }


def _second(instant: datetime) -> datetime:
    """To the second, as sheets show it, in Hebei."""
    return instant.astimezone(LOCAL).replace(microsecond=0)


class StockKind(Kind):
    """A sheet whose rows are lines of papers; a row may name the paper that it is a line of."""

    aliases: ClassVar[Mapping[str, str]] = {"code": "lot_code", "lot": "lot_code", "lot_ref": "lot_code"}
    needs_site = True

    def identity_of(self, row: Row) -> str:
        return str(row.values.get("paper", ""))

    def standing(self, session: Session, scopes: tuple[str, ...], identities: Sequence[str]) -> Mapping[str, str]:
        documents = []
        for number in sorted({identity.rpartition("/")[0] for identity in identities}):
            try:
                documents.append(paper_queries.get_document(session, number).id)
            except NotFound:
                continue
        rows = self._booked(session, documents=documents) if documents else []
        sites = site_queries.sites_by_code(session, {row["site_code"] for row in rows})
        return {
            row["paper"]: self._told_values(row)
            for row in rows
            if any(sites[row["site_code"]].organisation_path.startswith(scope) for scope in scopes)
        }

    def told(self, row: Row) -> str:
        return self._told_values({**row.values, "maker": row.values.get("maker") or None})

    def listed(self, session: Session, scopes: tuple[str, ...], site_code: str) -> list[dict[str, Any]]:
        site = site_queries.get_site(session, site_code)
        found_in(scopes, site.organisation_path, "site", site_code)
        return list(self._booked(session, site_code=site_code))

    def _told_values(self, values: Values) -> str:
        """The columns that say something of their own, empty ones left out; times in one zone."""
        beside = {"paper", "item_name", "unit", "other_expiry", "certificate"}  # a certificate may come later
        named = {column.name for column in self.columns} - beside
        said = {
            name: value.astimezone(LOCAL) if isinstance(value, datetime) else value
            for name, value in values.items()
            if name in named and value not in (None, "", 0)
        }
        return canonical_json(said)

    def _booked(
        self, session: Session, *, documents: Sequence[int] | None = None, site_code: str | None = None
    ) -> list[dict[str, Any]]:
        raise NotImplementedError


class OpeningBalances(StockKind):
    kind = SheetKind.OPENING_BALANCES
    title = "Opening balances"
    verb = staticmethod(service.open_balance)
    columns = (
        *(SITE, BIN, ITEM, ITEM_NAME, LOT, MAKER, EXPIRY, MADE, PACK, CERTIFICATE, OWNER, FUND, UNIT),
        Column("quantity", "Quantity (pieces)", Form.WHOLE, required=True, example="1000"),
        *(WHEN, OTHER_EXPIRY, PAPER),
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], OpeningLineDraft]:
        line = OpeningLineDraft(
            lot=_lot(values),
            owner_code=values["owner_code"],
            fund=values["fund"],
            quantity=values["quantity"],
            bin_code=values["bin_code"],
        )
        return (values["site_code"], values.get("occurred_at")), line

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> OpeningDraft:
        site_code, occurred_at = header
        return OpeningDraft(site_code=site_code, occurred_at=occurred_at, lines=tuple(lines))

    def _booked(
        self, session: Session, *, documents: Sequence[int] | None = None, site_code: str | None = None
    ) -> list[dict[str, Any]]:
        lines = booked.booked_lines(
            session,
            documents=documents,
            kind=DocumentKind.OPENING_BALANCE,
            movement=MovementKind.OPEN,
            site_code=site_code,
        )
        return [
            {
                "site_code": line.to_place,
                "bin_code": line.to_bin,
                **_lot_values(line.lot),
                "owner_code": line.owner_code,
                "fund": line.fund,
                "quantity": line.quantity,
                "occurred_at": _second(line.occurred_at),
                "paper": f"{line.number}/{line.line_no}",
            }
            for line in lines
        ]


class Receipts(StockKind):
    kind = SheetKind.RECEIPTS
    title = "Receipts"
    verb = staticmethod(service.receive)
    columns = (
        SITE,
        Column("supplier_code", "Supplier code", Form.CODE, required=True, codes_of="organisation"),
        *(OWNER, FUND, WHEN),
        Column("reference", "Delivery note number", example="SH-0012"),
        *(ITEM, ITEM_NAME, LOT, MAKER, EXPIRY, MADE, PACK, CERTIFICATE, UNIT),
        Column("accepted", "Accepted (pieces)", Form.WHOLE, example="1000"),
        Column("rejected", "Rejected (pieces)", Form.WHOLE),
        Column("uninspected", "Waiting for inspection (pieces)", Form.WHOLE),
        Column("rejection_reason", "Why rejected"),
        Column("bin_code", "Bin", Form.CODE, example="A1"),
        *(OTHER_EXPIRY, PAPER),
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], ReceiptLineDraft]:
        line = ReceiptLineDraft(
            lot=_lot(values),
            accepted=values.get("accepted", 0),
            rejected=values.get("rejected", 0),
            uninspected=values.get("uninspected", 0),
            rejection_reason=values.get("rejection_reason", ""),
            bin_code=values.get("bin_code", "A1"),
        )
        names = ("site_code", "supplier_code", "owner_code", "fund", "occurred_at", "reference")
        return tuple(values.get(name) for name in names), line

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> ReceiptDraft:
        site_code, supplier_code, owner_code, fund, occurred_at, reference = header
        return ReceiptDraft(
            site_code=site_code,
            supplier_code=supplier_code,
            owner_code=owner_code,
            fund=fund,
            occurred_at=occurred_at,
            reference=reference or "",
            lines=tuple(lines),
        )

    def _booked(
        self, session: Session, *, documents: Sequence[int] | None = None, site_code: str | None = None
    ) -> list[dict[str, Any]]:
        lines = booked.booked_lines(
            session, documents=documents, kind=DocumentKind.RECEIPT, movement=MovementKind.RECEIVE, site_code=site_code
        )
        return list(_received(lines))


def _received(lines: Iterable[booked.BookedLine]) -> Iterable[dict[str, Any]]:
    """Entries of one line of a receipt as one row: accepted, rejected and waiting beside each other."""
    parts = {BinKind.REJECTED: "rejected", BinKind.INSPECTION: "uninspected"}
    rows: dict[str, dict[str, Any]] = {}
    for line in lines:
        paper = f"{line.number}/{line.line_no}"
        row = rows.setdefault(
            paper,
            {
                "site_code": line.to_place,
                "supplier_code": line.from_place,
                "owner_code": line.owner_code,
                "fund": line.fund,
                "occurred_at": _second(line.occurred_at),
                "reference": line.title or None,
                **_lot_values(line.lot),
                "rejection_reason": line.note or None,
                "bin_code": "A1",
                "paper": paper,
            },
        )
        part = parts.get(line.to_kind, "accepted")
        row[part] = row.get(part, 0) + line.quantity
        if part == "accepted":
            row["bin_code"] = line.to_bin
    return rows.values()


class Counts(StockKind):
    kind = SheetKind.COUNTS
    title = "Counts"
    verb = staticmethod(service.count)
    columns = (
        *(SITE, BIN, ITEM, ITEM_NAME, LOT, MAKER, EXPIRY, OWNER, FUND, UNIT),
        Column("counted", "Counted (pieces)", Form.WHOLE, required=True, example="990"),
        Column("counted_at", "Counted at", Form.INSTANT, required=True, example="2026-01-06 08:30"),
        PAPER,
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], CountLineDraft]:
        ref = LotRef(
            item_code=values["item_code"],
            code=values["lot_code"],
            maker=values.get("maker"),
            expires_on=values.get("expires_on"),
        )
        line = CountLineDraft(
            lot_ref=ref,
            owner_code=values["owner_code"],
            fund=values["fund"],
            bin_code=values["bin_code"],
            counted=values["counted"],
            counted_at=values["counted_at"],
        )
        return (values["site_code"],), line

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> CountDraft:
        return CountDraft(site_code=header[0], lines=tuple(lines))

    def _booked(
        self, session: Session, *, documents: Sequence[int] | None = None, site_code: str | None = None
    ) -> list[dict[str, Any]]:
        lines = booked.counted_lines(session, documents=documents, site_code=site_code)
        return [
            {
                "site_code": line.site_code,
                "bin_code": line.bin_code,
                "item_code": line.lot.item_code,
                "lot_code": line.lot.code,
                "maker": line.lot.maker or None,
                "expires_on": line.lot.expires_on,
                "owner_code": line.owner_code,
                "fund": line.fund,
                "counted": line.counted,
                "counted_at": _second(line.counted_at),
                "paper": f"{line.number}/{line.line_no}",
            }
            for line in lines
        ]
