"""Substitutes of the catalogue, as a plan knows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from optimizer.dispatch import substitutes as model
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Substitution
from reserve.dispatch import uses
from reserve.incidents.queries import NeedNow

ANY = "any"
"""The catalogue's word for every use."""


def pairs_known(session: Session, item_codes: Collection[str], known_at: datetime) -> list[model.Substitution]:
    """What may stand in for these items as decided by then; the milder the penalty, the earlier in order."""
    pairs = catalogue_queries.substitutions_known(session, known_at)
    by_item: dict[str, list[Substitution]] = defaultdict(list)
    for pair in pairs:
        if pair.needed_item in item_codes:
            by_item[pair.needed_item].append(pair)
    found = []
    for rows in by_item.values():
        penalties = sorted({row.penalty_millis for row in rows})
        found += [_pair(row, penalties.index(row.penalty_millis) + 1) for row in rows]
    return found


def _pair(row: Substitution, order: int) -> model.Substitution:
    return model.Substitution(
        needed_item=row.needed_item,
        substitute_item=row.substitute_item,
        numerator=row.numerator,
        denominator=row.denominator,
        order=order,
        allowed=tuple(word for word in split_words(row.allowed_context) if word != ANY),
        forbidden=split_words(row.forbidden_context),
    )


def split_words(text: str) -> tuple[str, ...]:
    """``general ward; community`` as its parts."""
    return tuple(part for each in text.split(";") if (part := each.strip()))


def uses_of(need_code: str, rows: Iterable[NeedNow], occurred_at: datetime) -> list[model.Use]:
    """Every use behind one need of a plan, once."""
    words = {uses.words_of(row.driver, row.due_at, occurred_at) for row in rows if row.base}
    return [model.Use(need_code, each) for each in sorted(words)]
