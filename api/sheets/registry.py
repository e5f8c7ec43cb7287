"""Every kind of sheet by its word."""

from __future__ import annotations

from collections.abc import Mapping

from api.sheets.kinds import Kind
from api.sheets.record_kinds import Catalogue, Declarations, Sites
from api.sheets.stock_kinds import Counts, OpeningBalances, Receipts
from reserve.sheets.terms import SheetKind

KINDS: Mapping[SheetKind, Kind] = {
    each.kind: each for each in (OpeningBalances(), Receipts(), Counts(), Catalogue(), Sites(), Declarations())
}
