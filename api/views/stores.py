"""What a storekeeper's pages know of a store: its goods with names and owners, its doors, what is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.deps import found_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.stock import queries, recognition, rules
from reserve.stock.recognition import Recognised
from reserve.stock.terms import Deduction, Fund, StockLine

MANY = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A lot as it stands in one bin of the store, with what a person wants to read beside it."""

    line: StockLine
    fund: Fund
    item: Item
    because: Deduction | None
    """Why it may not be used today."""

    @property
    def place(self) -> str:
        """Names this lot in this account in a form."""
        return f"{self.line.account_id}:{self.line.lot_id}"

    @property
    def free(self) -> int:
        return 0 if self.because else self.line.on_hand - self.line.held


@dataclass(frozen=True, slots=True)
class Store:
    """A site of the reader's, with its bins and who owns it."""

    site: Site
    keeper: Organisation
    bins: Sequence[Bin]
    owners: Sequence[Organisation]
    """Whose goods stand here, the owner of most lots first; the keeper's own organisation is always among them."""


def my_sites(session: Session, scopes: Iterable[str]) -> Sequence[Site]:
    return site_queries.list_sites(session, list(scopes), limit=MANY)


def store(session: Session, scopes: tuple[str, ...], code: str) -> Store:
    """The site with what its forms choose from. Raises NotFound outside the scopes."""
    site = site_queries.get_site(session, code)
    found_in(scopes, site.organisation_path, "site", code)
    keeper = organisation_queries.organisations_by_id(session, [site.organisation_id])[site.organisation_id]
    lines = queries.stock_lines(session, scopes=scopes, site_codes=[code])
    lots = Counter(line.owner_code for line in lines)
    owners = organisation_queries.organisations_by_code(session, lots)
    mostly = [owners[code] for code, _ in lots.most_common()]
    bins = sorted(site_queries.bins_of_site(session, site).values(), key=lambda each: each.code)
    return Store(site, keeper, bins, mostly if keeper.code in owners else [*mostly, keeper])


def standing(
    session: Session,
    scopes: tuple[str, ...],
    site_code: str,
    today: date,
    *,
    item_codes: Iterable[str] | None = None,
    lot_ids: Iterable[int] | None = None,
) -> list[Standing]:
    """What stands at a site, first the lots that expire first, item by item."""
    lines = queries.stock_lines(session, scopes=scopes, site_codes=[site_code], item_codes=item_codes, lot_ids=lot_ids)
    items = catalogue_queries.items_by_code(session, (line.item_code for line in lines))
    accounts = queries.accounts_by_id(session, (line.account_id for line in lines))
    found = [
        Standing(line, accounts[line.account_id].fund, items[line.item_code], rules.unusable_because(line, today))
        for line in lines
    ]
    return sorted(found, key=lambda each: (each.line.item_code, each.line.expires_on or date.max, each.line.bin_code))


def recognised(session: Session, text: str) -> Recognised:
    return recognition.recognise(session, text)


def other_days(session: Session, item_code: str, code: str, maker: str, day: str) -> list[str]:
    """Last usable days under which the books know this lot code of the same maker, when the label's is none of them."""
    item = catalogue_queries.items_by_code(session, [item_code]).get(item_code)
    if item is None or not code:
        return []
    known = [lot for lot in recognition.lots_with_code(session, code, item) if lot.maker == maker]
    days = [lot.expires_on.isoformat() if lot.expires_on else "–" for lot in known]
    return [] if (day or "–") in days else days


def equipment(session: Session, codes: Iterable[str]) -> frozenset[str]:
    """Those of the items that are kept by serial number."""
    return frozenset(catalogue_queries.equipment_by_item(session, codes))


def items(session: Session, codes: Iterable[str]) -> dict[str, Item]:
    return catalogue_queries.items_by_code(session, codes)
