"""One moment of a small province as facts, without a database: two suit lines and their fabric."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from reserve.capacity.terms import Declared, Line, ProductKind
from reserve.incidents.terms import Evidence
from reserve.scenarios.assembly import Facts, MaterialFact

START = date(2021, 1, 5)
SUIT, FABRIC, ZIP, SLOT = "H2010201", "M07", "M09", "M24"


def make_line(code: str, product: str = SUIT, **changes: Any) -> Line:
    """A line that climbs from 100 to 400 in three days after 36 hours of conversion."""
    line = Line(
        code=code,
        producer_code=code.partition("-")[0],
        product_code=product,
        product_kind=ProductKind.ITEM if product.startswith("H") else ProductKind.MATERIAL,
        normal_daily=100,
        max_daily=400,
        changeover_hours=36,
        ramp_up_days=3,
        release_lag_days=2,
    )
    return replace(line, **changes)


def declared(line_code: str, quantity: int = 400, days: int = 90) -> Declared:
    return Declared(line_code, quantity, Evidence.DECLARED, START, START + timedelta(days=days))


def make_facts(**changes: Any) -> Facts:
    """A suit line A-1, a fabric line F-1, zips from elsewhere; ten days."""
    facts = Facts(
        start_on=START,
        days=10,
        lines={"A-1": make_line("A-1"), "F-1": make_line("F-1", FABRIC, changeover_hours=0)},
        declared={"A-1": declared("A-1"), "F-1": declared("F-1")},
        ordered={},
        recipes={SUIT: {FABRIC: Fraction(5, 2), ZIP: Fraction(1), SLOT: Fraction(1, 100)}},
        materials={
            FABRIC: MaterialFact("m2", "fabric", 9_000, 600),
            ZIP: MaterialFact("piece", "accessory", 1_000, 900),
            SLOT: MaterialFact("m3", "service", 30, 1000),
        },
        days_on_hand={"A": 7},
        stock={SUIT: 50},
        flows={SUIT: (20,) * 10},
        classes={SUIT: 1},
    )
    return replace(facts, **changes)
