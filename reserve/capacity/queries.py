"""Questions about capacity: what holds at a time (``as_of``) as it was known at a time (``known_at``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reserve.capacity import rules
from reserve.capacity.models import (
    BomLine,
    CapacityBase,
    CapacityDeclaration,
    ExpectedSupply,
    HolderDeclaration,
    HoldingAgreement,
    LineVersion,
    Material,
    MaterialSupply,
    OutputReport,
    PlannedOutput,
    Producer,
)
from reserve.capacity.terms import DeclarationKind, Declared, Line, Materials, QualityStatus, Supply, SupplyKind
from reserve.db import within
from reserve.errors import NotFound

V = TypeVar("V", bound=Any)


def _newest(
    session: Session, model: type[V], key: Callable[[V], Hashable], as_of: datetime, known_at: datetime, *where: Any
) -> list[V]:
    """The version in force per key: the latest ``valid_from`` not after ``as_of`` among those known by ``known_at``."""
    statement = select(model).where(model.valid_from <= as_of, model.recorded_at <= known_at, *where)
    rows = session.scalars(statement.order_by(model.valid_from, model.recorded_at, model.id))
    return list({key(row): row for row in rows}.values())


def time_after_waiting(session: Session, now: datetime) -> datetime:
    """The time that a verb goes by once it holds its locks: not before anything that others have recorded.

    It took ``now`` before it began to wait; reading and writing as of that time would overlook what was done
    meanwhile. Of rows with equal times the later written one stands.
    """
    tables = (CapacityDeclaration, HolderDeclaration, PlannedOutput, OutputReport, ExpectedSupply)
    latest: list[datetime | None] = [session.scalar(select(func.max(table.recorded_at))) for table in tables]
    return max([now, *filter(None, latest)])


# --- producers and lines ------------------------------------------------------------------------------------------


def get_producer(session: Session, code: str) -> Producer:
    producer = session.scalar(select(Producer).where(Producer.code == code))
    if producer is None:
        raise NotFound("producer", code)
    return producer


def producers_by_code(session: Session, codes: Iterable[str] | None = None) -> dict[str, Producer]:
    """Producers by code; all of them when ``codes`` is None. An unknown code is simply missing."""
    statement = select(Producer).order_by(Producer.code)
    if codes is not None:
        statement = statement.where(Producer.code.in_(sorted(set(codes))))
    return {producer.code: producer for producer in session.scalars(statement)}


def list_producers(session: Session, scopes: Iterable[str], *, after: str = "", limit: int = 100) -> Sequence[Producer]:
    """Producers inside the given scopes, by code, one keyset page."""
    statement = select(Producer).where(within(Producer.organisation_path, scopes), Producer.code > after)
    return session.scalars(statement.order_by(Producer.code).limit(limit)).all()


def lock_producers(session: Session, codes: Iterable[str]) -> list[Producer]:
    """Producers, locked in the order of their codes: whoever promises or declares their lines waits here."""
    statement = select(Producer).where(Producer.code.in_(sorted(set(codes)))).order_by(Producer.code).with_for_update()
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def capacity_bases_by_code(session: Session) -> dict[str, CapacityBase]:
    return {base.code: base for base in session.scalars(select(CapacityBase).order_by(CapacityBase.code))}


def lines_at(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    product_codes: Collection[str] = (),
    certified_only: bool = False,
) -> dict[str, Line]:
    """Lines by code as they were at a time.

    product_codes   only lines that make one of these; all where empty
    certified_only  only lines of producers whose quality is certified now
    """
    versions = _newest(session, LineVersion, lambda row: row.code, as_of, known_at)
    fitting = [row for row in versions if not product_codes or row.product_code in product_codes]
    if certified_only:
        certified = {
            code
            for code, producer in producers_by_code(session, {row.producer_code for row in fitting}).items()
            if producer.quality_status is QualityStatus.CERTIFIED
        }
        fitting = [row for row in fitting if row.producer_code in certified]
    return {row.code: _line(row) for row in sorted(fitting, key=lambda row: row.code)}


def history_of_line(session: Session, code: str) -> Sequence[LineVersion]:
    """Every version of a line, in the order in which they hold."""
    statement = select(LineVersion).where(LineVersion.code == code)
    return session.scalars(statement.order_by(LineVersion.valid_from, LineVersion.recorded_at, LineVersion.id)).all()


def owners_of_lines(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Producer code by line code, of lines ever recorded: a line stays with its producer."""
    statement = select(LineVersion.code, LineVersion.producer_code).where(LineVersion.code.in_(sorted(set(codes))))
    return {row.code: row.producer_code for row in session.execute(statement.distinct())}


def _line(row: LineVersion) -> Line:
    return Line(
        code=row.code,
        producer_code=row.producer_code,
        product_code=row.product_code,
        product_kind=row.product_kind,
        normal_daily=row.normal_daily,
        max_daily=row.max_daily,
        changeover_hours=row.changeover_hours,
        ramp_up_days=row.ramp_up_days,
        release_lag_days=row.release_lag_days,
        min_batch=row.min_batch,
    )


# --- materials ----------------------------------------------------------------------------------------------------


def materials_by_code(session: Session) -> dict[str, Material]:
    return {material.code: material for material in session.scalars(select(Material).order_by(Material.code))}


def lock_materials(session: Session, codes: Iterable[str]) -> None:
    """Lock materials in the order of their codes, after producers."""
    statement = select(Material.id).where(Material.code.in_(sorted(set(codes)))).order_by(Material.code)
    session.execute(statement.with_for_update())


def bom_lines(session: Session) -> dict[tuple[str, str], BomLine]:
    """Rows of the bill of materials by product and material."""
    rows = session.scalars(select(BomLine).order_by(BomLine.product_code, BomLine.material_code))
    return {(row.product_code, row.material_code): row for row in rows}


def bom(session: Session) -> dict[str, dict[str, Fraction]]:
    """Units of each material that go directly into one unit of a product."""
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for (product, material), row in bom_lines(session).items():
        found[product][material] = Fraction(row.numerator, row.denominator)
    return dict(found)


def material_supply_at(session: Session, as_of: datetime, known_at: datetime) -> dict[str, int]:
    """Whole units a day that come in of each material."""
    return {code: row.daily_quantity for code, row in material_supplies_at(session, as_of, known_at).items()}


def material_supplies_at(session: Session, as_of: datetime, known_at: datetime) -> dict[str, MaterialSupply]:
    """What comes in of each material, and which part of it is made in the province."""
    versions = _newest(session, MaterialSupply, lambda row: row.material_code, as_of, known_at)
    return {row.material_code: row for row in sorted(versions, key=lambda row: row.material_code)}


def materials_at(session: Session, as_of: datetime, known_at: datetime) -> Materials:
    """All that the law of output needs to know of materials, nothing taken yet."""
    recipes = bom(session)
    return Materials(
        daily=material_supply_at(session, as_of, known_at),
        needs={product: rules.material_needs(product, recipes) for product in recipes},
    )


# --- what is declared and agreed ----------------------------------------------------------------------------------


def declarations_known(session: Session, known_at: datetime, line_codes: Collection[str] = ()) -> list[Declared]:
    """Capacity declarations in the order in which they were recorded; of all lines where no codes are given."""
    statement = select(CapacityDeclaration).where(CapacityDeclaration.recorded_at <= known_at)
    if line_codes:
        statement = statement.where(CapacityDeclaration.line_code.in_(sorted(line_codes)))
    rows = session.scalars(statement.order_by(CapacityDeclaration.recorded_at, CapacityDeclaration.id))
    return [Declared(row.line_code, row.daily_quantity, row.evidence, row.valid_from, row.valid_until) for row in rows]


def stale_lines(session: Session, day: date, as_of: datetime, known_at: datetime) -> list[Line]:
    """Lines without a declaration that is good on a day: run out, or never made."""
    declarations = declarations_known(session, known_at)
    lines = lines_at(session, as_of, known_at)
    return [line for code, line in lines.items() if rules.declared_on(declarations, code, day) is None]


def agreements_on(session: Session, day: date, known_at: datetime) -> list[HoldingAgreement]:
    """Holding agreements in force on a day, by code."""
    statement = select(HoldingAgreement).where(HoldingAgreement.recorded_at <= known_at)
    rows = session.scalars(statement.order_by(HoldingAgreement.recorded_at, HoldingAgreement.id))
    newest = {row.code: row for row in rows}
    return [row for _, row in sorted(newest.items()) if row.quantity > 0 and row.valid_from <= day <= row.valid_until]


def holdings_at(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    kind: DeclarationKind | None = None,
    item_codes: Collection[str] = (),
    accepted_only: bool = False,
) -> list[HolderDeclaration]:
    """What holders outside government say they have, by holder, kind and item. Never stock."""
    where: list[ColumnElement[bool]] = []
    if kind is not None:
        where.append(HolderDeclaration.kind == kind)
    if item_codes:
        where.append(HolderDeclaration.item_code.in_(sorted(item_codes)))
    rows = _newest(
        session, HolderDeclaration, lambda row: (row.holder_id, row.kind, row.item_code), as_of, known_at, *where
    )
    standing = [row for row in rows if (row.accepted if accepted_only else row.quantity) > 0]
    return sorted(standing, key=lambda row: (row.holder_id, row.kind, row.item_code))


def unconfirmed_holdings(
    session: Session, today: date, known_at: datetime, *, older_than_days: int
) -> list[HolderDeclaration]:
    """Declarations that nobody has confirmed for so many days."""
    oldest = today - timedelta(days=older_than_days)
    return [row for row in holdings_at(session, known_at, known_at) if row.confirmed_on < oldest]


# --- what is expected ---------------------------------------------------------------------------------------------


def expected_supply(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    codes: Collection[str] = (),
    item_codes: Collection[str] = (),
    site_codes: Collection[str] = (),
    document_number: str | None = None,
    kind: SupplyKind | None = None,
    with_zero: bool = False,
) -> list[Supply]:
    """Goods expected, by time, place, item and code: what a plan may use besides stock. Base units.

    with_zero  also what came already, or will not come
    """
    filters = (
        (ExpectedSupply.code, codes),
        (ExpectedSupply.item_code, item_codes),
        (ExpectedSupply.site_code, site_codes),
    )
    where: list[ColumnElement[bool]] = [column.in_(sorted(wanted)) for column, wanted in filters if wanted]
    if document_number is not None:
        where.append(ExpectedSupply.document_number == document_number)
    rows = _newest(session, ExpectedSupply, lambda row: row.code, as_of, known_at, *where)
    fitting = [row for row in rows if (with_zero or row.quantity > 0) and kind in (None, row.kind)]
    fitting.sort(key=lambda row: (row.available_from, row.site_code, row.item_code, row.code))
    return [_supply(row) for row in fitting]


def _supply(row: ExpectedSupply) -> Supply:
    return Supply(
        code=row.code,
        kind=row.kind,
        site_code=row.site_code,
        item_code=row.item_code,
        owner_code=row.owner_code,
        quantity=row.quantity,
        available_from=row.available_from,
        evidence=row.evidence,
        document_number=row.document_number,
        incident_code=row.incident_code,
        reason=row.reason,
    )
