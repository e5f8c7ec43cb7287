"""What the changes of a scenario may name: its lines, materials and items, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.i18n import Language, Text
from api.views.naming import Names
from optimizer.surge.instance import Line
from reserve.capacity import queries as capacity_queries
from reserve.scenarios.terms import ScenarioBase

Choice = tuple[str, str]
"""A code, and what people call it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Lines that may be activated, all lines, materials, and items."""

    idle: list[Choice]
    lines: list[Choice]
    materials: list[Choice]
    items: list[Choice]


def products_named(session: Session, names: Names, text: Text) -> Mapping[str, str]:
    """Names of materials and items by code: whatever a line may make."""
    materials = capacity_queries.materials_by_code(session)
    english = text.language is Language.EN
    called = {code: (row.name_en if english else "") or row.name_zh for code, row in materials.items()}
    return {**called, **names.items}


def choices_of(session: Session, base: ScenarioBase, names: Names, text: Text) -> Choices:
    products = products_named(session, names, text)
    producers = capacity_queries.producers_by_code(session)
    places = {code: names.site(row.site_code) for code, row in producers.items()}
    standing = {line.code: line for line in base.instance.lines}
    available = {line.code: line for line in base.available}

    def line_words(line: Line) -> str:
        maker = places.get(line.producer_code, line.producer_code)
        facts = {"line": line.code, "maker": maker, "product": products.get(line.product_code, line.product_code)}
        return text.say("{line} · {maker} · {product}, {rate} a day", **facts, rate=line.rates[-1])

    return Choices(
        idle=[(code, line_words(line)) for code, line in available.items()],
        lines=[(code, line_words(line)) for code, line in sorted({**available, **standing}.items())],
        materials=[
            (each.code, f"{each.code} · {products.get(each.code, '')} · {text.unit(each.unit)}")
            for each in base.instance.materials
        ],
        items=[(each.item_code, names.item(each.item_code)) for each in base.instance.demands],
    )
