"""What may be written down: every fault is named at once, with field, expected and found."""

from datetime import timedelta
from fractions import Fraction

import pytest
from pydantic import ValidationError

from reserve.capacity.drafts import (
    AgreementDraft,
    AgreementsDraft,
    BomLineDraft,
    CapacityBaseDraft,
    CapacityDeclarationsDraft,
    HoldingDraft,
    HoldingsDraft,
    LinesDraft,
    MaterialDraft,
    MaterialsDraft,
    MaterialSupplyDraft,
    ProducerDraft,
    ProducersDraft,
)
from reserve.capacity.register_rules import (
    CAPACITY_GRADES,
    agreement_problems,
    declaration_problems,
    holding_problems,
    line_problems,
    material_problems,
    producer_problems,
)
from reserve.capacity.terms import DeclarationKind
from reserve.errors import Problem
from reserve.incidents.terms import Evidence
from reserve.organisations.terms import HolderKind
from tests.reserve.capacity.works import LINE, a_line, make_declaration, make_line
from tests.reserve.catalogue.goods import MASK, SUIT
from tests.reserve.sites.places import TODAY

DAY = timedelta(days=1)


def named(problems: list[Problem]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.field, problem.found) for problem in problems]


def make_producer(code: str = "PR001", **changes: object) -> ProducerDraft:
    values = {"code": code, "organisation_code": code, "site_code": code, "role": "designated_producer"}
    return ProducerDraft.model_validate({**values, "ownership": "private", **changes})


def test_a_producer_needs_its_organisation_its_plant_and_its_base() -> None:
    base = CapacityBaseDraft(code="CB-01", name_zh="基地", lead_region_code="999999")
    producers = (
        make_producer(),
        make_producer(capacity_base_code="CB-01"),
        make_producer("PR002", capacity_base_code="X"),
    )

    problems = producer_problems(
        ProducersDraft(capacity_bases=(base,), producers=producers),
        regions={"130100"},
        organisations={"PR001"},
        plants={"PR001": "PR001", "PR002": "PR001"},
        bases=set(),
    )

    assert named(problems) == [
        ("repeated", "producers.1.code", "PR001"),
        ("unknown_region", "capacity_bases.0.lead_region_code", "999999"),
        ("unknown_organisation", "producers.2.organisation_code", "PR002"),
        ("not_its_plant", "producers.2.site_code", "PR002"),
        ("unknown_base", "producers.2.capacity_base_code", "X"),
    ]


def test_a_line_names_a_known_product_and_stays_with_its_producer() -> None:
    lines = LinesDraft(
        lines=(
            make_line(normal_daily=301),
            make_line(product_code="M07", product_kind="material"),
            make_line("PR001-L2", producer_code="PR009", product_code="SPADE"),
        )
    )

    problems = line_problems(lines, producers={"PR001"}, items={SUIT}, materials={"M07"}, owners={"PR001-L2": "PR001"})

    assert named(problems) == [
        ("repeated", "lines.1.code", LINE),
        ("normal_above_max", "lines.0.normal_daily", "301"),
        ("unknown_producer", "lines.2.producer_code", "PR009"),
        ("unknown_product", "lines.2.product_code", "SPADE"),
        ("producer_is_fixed", "lines.2.producer_code", "PR009"),
    ]


@pytest.mark.parametrize("quantity", [1.5, "300", -1])
def test_capacity_is_counted_in_whole_pieces(quantity: object) -> None:
    with pytest.raises(ValidationError):
        make_line(normal_daily=quantity)


def bill(product: str, material: str) -> BomLineDraft:
    return BomLineDraft(product_code=product, material_code=material, numerator=1, denominator=1)


def test_every_fault_of_a_bill_is_named() -> None:
    draft = MaterialsDraft(
        materials=(MaterialDraft(code="M07", name_zh="布", unit="kg"),),
        bom=(bill(SUIT, "M07"), bill(SUIT, "M07"), bill("SPADE", "M99")),
        supplies=(MaterialSupplyDraft(material_code="M98", daily_quantity=1),),
    )

    problems = material_problems(draft, items={SUIT}, units={"M07": "m2"}, bom={})

    assert named(problems) == [
        ("repeated", "bom.1.material_code", f"{SUIT} from M07"),
        ("unit_is_fixed", "materials.0.unit", "kg"),
        ("unknown_product", "bom.2.product_code", "SPADE"),
        ("unknown_material", "bom.2.material_code", "M99"),
        ("unknown_material", "supplies.0.material_code", "M98"),
    ]


def test_a_bill_never_runs_in_a_circle() -> None:
    units = dict.fromkeys(("M01", "M02", "M03"), "kg")
    known = {"M01": {"M02": Fraction(1)}}

    problems = material_problems(
        MaterialsDraft(bom=(bill("M02", "M03"), bill("M03", "M01"))), items=set(), units=units, bom=known
    )
    itself = material_problems(MaterialsDraft(bom=(bill("M01", "M01"),)), items=set(), units=units, bom={})

    assert named(problems) == [("bom_in_a_circle", "bom.1.material_code", "M03 is needed for M01")]
    assert named(itself) == [("bom_in_a_circle", "bom.0.material_code", "M01 is needed for M01")]


def test_a_declaration_stays_within_its_line_its_span_and_its_grade() -> None:
    draft = CapacityDeclarationsDraft(
        declarations=(
            make_declaration(daily_quantity=101, evidence=Evidence.COUNTED),
            make_declaration("PR009-L1", valid_until=TODAY - DAY),
        )
    )

    problems = declaration_problems(draft, lines={LINE: a_line()}, grades=CAPACITY_GRADES)

    assert named(problems) == [
        ("beyond_line", "declarations.0.daily_quantity", "101"),
        ("grade_not_yours", "declarations.0.evidence", "counted"),
        ("unknown_line", "declarations.1.line_code", "PR009-L1"),
        ("ends_before_it_begins", "declarations.1.valid_until", (TODAY - DAY).isoformat()),
    ]


def test_an_agreement_needs_somebody_who_holds_for_others() -> None:
    agreement = AgreementDraft(
        code="HA-1",
        producer_code="PR001",
        beneficiary_code="NOBODY",
        item_code="SPADE",
        quantity=1,
        fee_minor=0,
        call_notice_hours=24,
        valid_from=TODAY,
        valid_until=TODAY - DAY,
    )
    unknown = agreement.model_copy(update={"producer_code": "PR009"})

    problems = agreement_problems(
        AgreementsDraft(agreements=(agreement, unknown)),
        holders={"PR001": False},
        organisations={"130000"},
        items={SUIT},
    )

    assert [problem.code for problem in problems] == [
        "repeated",
        "holds_for_nobody",
        "unknown_organisation",
        "unknown_item",
        "ends_before_it_begins",
        "unknown_producer",
        "unknown_organisation",
        "unknown_item",
        "ends_before_it_begins",
    ]


def holding(holder: str, kind: DeclarationKind, **changes: object) -> HoldingDraft:
    values = {"holder_code": holder, "kind": kind, "item_code": MASK, "quantity": 10, "confirmed_on": TODAY}
    return HoldingDraft.model_validate({**values, **changes})


def test_governments_count_and_never_declare() -> None:
    holders = {"130000": HolderKind.PROVINCE, "CHARITY": HolderKind.CHARITY, "AUDIT": None}
    draft = HoldingsDraft(
        holdings=(
            holding("130000", DeclarationKind.PLEDGE),
            holding("CHARITY", DeclarationKind.TEAM_KIT),
            holding("AUDIT", DeclarationKind.OWN_RESERVE),
            holding("CHARITY", DeclarationKind.PLEDGE),
        )
    )

    problems = holding_problems(draft, holders=holders, items={MASK}, today=TODAY)

    assert named(problems) == [
        ("wrong_holder", "holdings.0.holder_code", "province"),
        ("wrong_holder", "holdings.1.holder_code", "charity"),
        ("wrong_holder", "holdings.2.holder_code", "AUDIT"),
    ]


def test_every_fault_of_a_holding_is_named() -> None:
    lines = (
        holding("NOBODY", DeclarationKind.PLEDGE, item_code="SPADE", confirmed_on=TODAY + DAY),
        holding("NOBODY", DeclarationKind.PLEDGE, item_code="SPADE"),
    )

    problems = holding_problems(HoldingsDraft(holdings=lines), holders={}, items={MASK}, today=TODAY)

    assert named(problems) == [
        ("repeated", "holdings.1.item_code", "NOBODY pledge SPADE"),
        ("unknown_organisation", "holdings.0.holder_code", "NOBODY"),
        ("unknown_item", "holdings.0.item_code", "SPADE"),
        ("in_the_future", "holdings.0.confirmed_on", (TODAY + DAY).isoformat()),
        ("unknown_organisation", "holdings.1.holder_code", "NOBODY"),
        ("unknown_item", "holdings.1.item_code", "SPADE"),
    ]
