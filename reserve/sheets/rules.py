"""Laws of sheets."""

from __future__ import annotations

from collections.abc import Mapping

from reserve.authority import Permission
from reserve.sheets.terms import SheetKind

PERMISSION_OF: Mapping[SheetKind, Permission] = {
    SheetKind.OPENING_BALANCES: Permission.STOCK_OPENING,
    SheetKind.RECEIPTS: Permission.STOCK_RECEIVE,
    SheetKind.COUNTS: Permission.STOCK_COUNT,
    SheetKind.CATALOGUE: Permission.CATALOGUE_WRITE,
    SheetKind.SITES: Permission.SITE_WRITE,
    SheetKind.DECLARATIONS: Permission.DECLARATION_WRITE,
}
"""The right that the rows of a sheet need. Each row's own command asks for it again, at its own place."""
