"""What an issue handed out, as the sheet of a return shows it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.views.scoping import parties_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.errors import NotFound
from reserve.papers import reading
from reserve.papers.terms import DocumentKind
from reserve.stock.recovery import Outstanding, outstanding_of


def goods_out(session: Session, number: str, scopes: tuple[str, ...]) -> list[tuple[Item, Outstanding]]:
    """Every lot that an issue note handed out, with what is still with its user. Raises NotFound outside the scopes."""
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    if document.kind is not DocumentKind.ISSUE_NOTE:
        raise NotFound("issue note", number)
    found = outstanding_of(session, document)
    items = catalogue_queries.items_by_code(session, (each.lot.item_code for each in found))
    return [(items[each.lot.item_code], each) for each in found]
