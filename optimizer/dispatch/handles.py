"""Rows of the model whose limit somebody could move, noted while the rows are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Handle:
    """One row with a limit.

    kind   stock (code: source) | dock (code: site) | lane (code: site>place) | fleet (code: fleet)
    rate   what one unit more of the limit adds to the row: a base unit of stock, a cubic centimetre an hour through a
           dock or on a way, a cubic centimetre kilometre an hour of a fleet
    supply, layer, pack   of a stock row: whose goods, for whom, and the pack that stays whole
    """

    kind: str
    code: str
    row: int
    rate: float
    supply: int = -1
    layer: int = -1
    pack: int = 1
