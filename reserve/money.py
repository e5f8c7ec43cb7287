"""Money: whole 分 (CNY/100); names end in ``_minor``."""

from __future__ import annotations


def line_value_minor(quantity: int, unit_price_minor: int) -> int:
    """Value of a line in 分."""
    return quantity * unit_price_minor


def yuan_text(value_minor: int) -> str:
    """``1_234_567`` as ``12,345.67``."""
    sign = "-" if value_minor < 0 else ""
    yuan, fen = divmod(abs(value_minor), 100)
    return f"{sign}{yuan:,}.{fen:02d}"
