"""What the verbs of stock share: names in a draft turned into rows, all problems at once; facts posted with care."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, may
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.sites.terms import SITE_BINS, BinKind
from reserve.stock import closed_counts, ledger, queries, rules
from reserve.stock.drafts import LotRef
from reserve.stock.models import Lot, Movement
from reserve.stock.terms import Fund, Move, MovementKind


class BeforeClosedCount(Conflict):
    """The paper is older than a closed count; only a supervisor may enter it, and the counted figure will stand."""

    code = "before_closed_count"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Posted:
    """What a verb of stock has written: the paper, and the places of its movements in the one order."""

    number: str
    recorded_at: datetime
    occurred_at: datetime
    positions: tuple[int, ...] = ()
    state: State = State.POSTED


@dataclass(slots=True)
class Names:
    """The rows behind the codes of a draft, and what was wrong with the codes."""

    session: Session
    site: Site
    items: dict[str, Item] = field(default_factory=dict)
    owners: dict[str, Organisation] = field(default_factory=dict)
    bins: dict[str, Bin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def load(self, *, items: Iterable[str] = (), owners: Iterable[str] = ()) -> None:
        self.items = dict(catalogue_queries.items_by_code(self.session, items))
        self.owners = dict(organisation_queries.organisations_by_code(self.session, owners))
        self.bins = site_queries.bins_of_site(self.session, self.site)

    def item(self, code: str, field: str, row: int | None = None) -> Item | None:
        return self._known(self.items, code, "unknown_item", field, "an item of the catalogue", row)

    def owner(self, code: str, field: str, row: int | None = None) -> Organisation | None:
        return self._known(self.owners, code, "unknown_organisation", field, "a known organisation", row)

    def bin(
        self, code: str, field: str, row: int | None = None, *, kinds: Collection[BinKind] = SITE_BINS
    ) -> Bin | None:
        """The site's bin of this code, if it is of one of these kinds."""
        fitting = {each.code: each for each in self.bins.values() if each.kind in kinds}
        return self._known(fitting, code, "unknown_bin", field, ", ".join(sorted(fitting)), row)

    def lot(self, ref: LotRef, path: str, row: int | None = None) -> Lot | None:
        try:
            return queries.get_lot(self.session, ref)
        except NotFound:
            problem = Problem("unknown_lot", f"{path}.code", f"one known lot of {ref.item_code}", ref.code, row)
            self.problems.append(problem)
            return None

    def goods(
        self,
        place: int,
        ref: LotRef,
        owner_code: str,
        bin_code: str,
        *,
        bin_field: str = "bin_code",
        kinds: Collection[BinKind] = SITE_BINS,
    ) -> Lot | None:
        """The lot that line ``place`` names; its owner and bin are looked up with it, and every fault is noted."""
        row = place + 1
        lot = self.lot(ref, f"lines.{place}.lot_ref", row)
        self.owner(owner_code, f"lines.{place}.owner_code", row)
        self.bin(bin_code, f"lines.{place}.{bin_field}", row, kinds=kinds)
        return lot

    def area(self, kind: BinKind, field: str, row: int | None = None) -> Bin | None:
        """The site's bin of a kind, such as its inspection area; a plant has none."""
        found = next((each for each in self.bins.values() if each.kind is kind), None)
        if found is None:
            self.problems.append(Problem("unknown_bin", field, ", ".join(sorted(self.bins)), kind.value, row))
        return found

    def check_usable(self, goods: Sequence[tuple[Lot | None, str]], *, today: date) -> None:
        """Note every line whose goods, a lot in a bin, may not be used today, with the reason."""
        known = {(lot.id, bin_code) for lot, bin_code in goods if lot is not None}
        because = {
            (line.lot_id, line.bin_code): rules.unusable_because(line, today)
            for line in queries.stock_lines(
                self.session, site_codes=[self.site.code], lot_ids={lot_id for lot_id, _ in known}
            )
        }
        for place, (lot, bin_code) in enumerate(goods):
            reason = because.get((lot.id, bin_code)) if lot is not None else None
            if lot is not None and reason is not None:
                field = f"lines.{place}.lot_ref.code"
                problem = Problem(f"lot_{reason}", field, "goods that may be used", lot.code, place + 1)
                self.problems.append(problem)

    def raise_problems(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)

    def _known(
        self, rows: Mapping[str, T], code: str, problem: str, field: str, expected: str, row: int | None
    ) -> T | None:
        if code not in rows:
            self.problems.append(Problem(problem, field, expected, code, row))
        return rows.get(code)


def outside_account(session: Session, kind: BinKind, organisation: Organisation, owner_id: int, fund: Fund) -> int:
    """The account of the world beyond our walls, for an organisation."""
    outside = site_queries.outside_bin(session, kind, organisation)
    return ledger.account_for(session, outside.id, owner_id, fund)


def line_ids(session: Session, document: Document) -> dict[int, int]:
    """Row id by line number of a document just written."""
    return {line.line_no: line.id for line in paper_queries.lines_of(session, document.id)}


def draft_note(
    session: Session,
    actor: Actor,
    kind: DocumentKind,
    site: Site,
    lines: Sequence[LineContent],
    *,
    now: datetime,
    occurred_at: datetime | None = None,
    state: State = State.POSTED,
    reason: str = "",
    title: str = "",
    refers_to_id: int | None = None,
) -> Document:
    """A note of the organisation that runs the site."""
    organisation = organisation_queries.organisations_by_id(session, [site.organisation_id])[site.organisation_id]
    return drafting.draft_document(
        session,
        actor,
        kind,
        organisation,
        state=state,
        now=now,
        title=title,
        lines=lines,
        occurred_at=occurred_at,
        reason=reason,
        refers_to_id=refers_to_id,
    )


def post_fact(
    session: Session,
    actor: Actor,
    document: Document,
    kind: MovementKind,
    moves: Sequence[Move],
    *,
    site: Site,
    now: datetime,
    occurred_at: datetime | None,
    reason: str = "",
    follows_id: int | None = None,
    breaks_holds: bool = False,
) -> list[Movement]:
    """Post what happened; where it happened before a closed count, also the opposite at the count's time.

    The counted figure stands (docs/ledger.md). Raises BeforeClosedCount without the right to back-date.
    """
    when = occurred_at or now
    corrections = _count_corrections(session, moves, when, now=now) if when < now else []
    if corrections and not may(actor, Permission.STOCK_BACKDATE, site.organisation_path):
        counted_at = min(each.counted_at for each in corrections).isoformat()
        raise BeforeClosedCount(f"counted at {counted_at}", counted_at=counted_at, found=when.isoformat())
    posted = [_correct(session, actor, document, each, now=now) for each in corrections if each.brings_in]
    fact = ledger.post(
        session,
        actor,
        document,
        kind,
        moves,
        now=now,
        occurred_at=when,
        reason=reason,
        follows_id=follows_id,
        breaks_holds=breaks_holds,
    )
    posted.append(fact)
    return posted + [_correct(session, actor, document, each, now=now) for each in corrections if not each.brings_in]


def fact_of(movements: Sequence[Movement], kind: MovementKind) -> Movement:
    """The movement itself, beside the corrections of closed counts that were posted with it."""
    return next(movement for movement in movements if movement.kind is kind)


@dataclass(frozen=True, slots=True)
class _Correction:
    """The opposite of a late movement, at the time of the count that did not know of it."""

    counted_at: datetime
    move: Move
    brings_in: bool
    """Goods come back into our account: posted before the late movement takes them out."""


def _count_corrections(
    session: Session, moves: Sequence[Move], occurred_at: datetime, *, now: datetime
) -> list[_Correction]:
    ledger.lock_accounts(session, moves, now=now)  # no count closes while we look
    keys = {(account_id, move.lot_id) for move in moves for account_id in (move.from_account, move.to_account)}
    counted = closed_counts.first_counts_after(session, keys, occurred_at)
    corrections = []
    for move in moves:
        for account_id, brings_in in ((move.from_account, True), (move.to_account, False)):
            if (account_id, move.lot_id) not in counted:
                continue
            difference = difference_account(session, account_id)
            ends = (difference, account_id) if brings_in else (account_id, difference)
            opposite = Move(move.lot_id, *ends, move.quantity, move.line_id)
            corrections.append(_Correction(counted[account_id, move.lot_id], opposite, brings_in))
    return corrections


def _correct(session: Session, actor: Actor, document: Document, each: _Correction, *, now: datetime) -> Movement:
    return ledger.post(session, actor, document, MovementKind.COUNT, [each.move], now=now, occurred_at=each.counted_at)


def difference_account(session: Session, account_id: int) -> int:
    """The count-difference account that mirrors one of our accounts."""
    account = queries.accounts_by_id(session, [account_id])[account_id]
    bin_row = session.get_one(Bin, account.bin_id)
    site = session.get_one(Site, bin_row.site_id)
    organisation = session.get_one(Organisation, site.organisation_id)
    return outside_account(session, BinKind.COUNT_DIFFERENCE, organisation, account.owner_id, account.fund)


def posted_answer(document: Document, movements: Sequence[Movement], *, state: State = State.POSTED) -> Posted:
    last = movements[-1] if movements else None
    return Posted(
        number=document.number,
        recorded_at=last.recorded_at if last else document.recorded_at,
        occurred_at=last.occurred_at if last else document.recorded_at,
        positions=tuple(movement.position for movement in movements),
        state=state,
    )
