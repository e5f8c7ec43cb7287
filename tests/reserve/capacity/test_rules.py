"""What lines make, and what backs a promise."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reserve.capacity.rules import (
    available_on,
    began_on,
    commitment_problems,
    cumulative_good,
    days_between,
    declared_on,
    expected_output,
    material_needs,
    material_use,
    missing_days,
    output_on,
    reliability,
    stranded,
)
from reserve.capacity.terms import (
    Activation,
    Commitment,
    DayReport,
    Declared,
    Line,
    Materials,
    Output,
    ProductKind,
    Reliability,
    Stranded,
)
from reserve.incidents.terms import Evidence
from tests.reserve.capacity.works import LINE, a_line
from tests.reserve.catalogue.goods import MASK, SUIT
from tests.reserve.incidents.hebei import rows

D0 = date(2021, 1, 5)
NO_MATERIALS = Materials({}, {})


def day(number: int) -> date:
    return D0 + timedelta(days=number)


def run(line: Line, days: int) -> list[int]:
    return [output_on(line, number) for number in range(days)]


def declared(quantity: int, first: int, last: int, line_code: str = LINE) -> Declared:
    return Declared(line_code, quantity, Evidence.DECLARED, day(first), day(last))


def commitment(quantity: int, first: int = 0, last: int = 4, incident: str = "A", number: str = "PRD-1") -> Commitment:
    return Commitment(number, LINE, incident, quantity, day(first), day(last))


# --- one line -----------------------------------------------------------------------------------------------------


def test_a_line_without_ramp_makes_its_maximum_every_day() -> None:
    assert run(a_line(), 3) == [100, 100, 100]


def test_the_ramp_is_a_straight_line_from_normal_to_maximum() -> None:
    assert run(a_line(normal_daily=100, max_daily=400, ramp_up_days=3), 5) == [100, 200, 300, 400, 400]


def test_a_converter_begins_at_nothing() -> None:
    assert run(a_line(normal_daily=0, max_daily=9000, ramp_up_days=3), 4) == [0, 3000, 6000, 9000]


def test_changeover_loses_exactly_its_hours() -> None:
    assert run(a_line(changeover_hours=36), 4) == [0, 50, 100, 100]
    assert run(a_line(changeover_hours=6), 2) == [75, 100]


def test_the_ramp_begins_after_the_changeover() -> None:
    line = a_line(normal_daily=100, max_daily=400, changeover_hours=36, ramp_up_days=3)

    assert run(line, 7) == [0, 50, 150, 250, 350, 400, 400]


def test_half_pieces_are_not_made() -> None:
    assert run(a_line(normal_daily=0, max_daily=10, ramp_up_days=3), 4) == [0, 3, 6, 10]


@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 200),
    st.integers(0, 30),
)
def test_output_never_falls_and_ends_at_the_maximum(normal: int, more: int, changeover: int, ramp: int) -> None:
    line = a_line(normal_daily=normal, max_daily=normal + more, changeover_hours=changeover, ramp_up_days=ramp)

    made = run(line, 50)

    assert made == sorted(made)
    assert made[changeover // 24 + ramp + 1] == normal + more


def test_goods_may_be_issued_the_day_after_plus_the_release_lag() -> None:
    assert available_on(a_line(), D0) == day(1)
    assert available_on(a_line(release_lag_days=7), D0) == day(8)


# --- materials ----------------------------------------------------------------------------------------------------


def test_needs_go_through_all_levels() -> None:
    bom = {"MASK": {"FABRIC": Fraction(1, 1000)}, "FABRIC": {"RESIN": Fraction(11, 10)}}

    assert material_needs("MASK", bom) == {"FABRIC": Fraction(1, 1000), "RESIN": Fraction(11, 10_000)}
    assert material_needs("SPADE", bom) == {}


def test_a_material_reached_by_two_ways_is_counted_twice() -> None:
    bom = {
        "N95": {"MELT": Fraction(2), "SPUN": Fraction(3)},
        "MELT": {"RESIN": Fraction(1)},
        "SPUN": {"RESIN": Fraction(1)},
    }

    assert material_needs("N95", bom)["RESIN"] == 5


def test_the_scarcest_material_caps_the_day_and_is_named() -> None:
    materials = Materials({"M07": 200, "M08": 100_000}, {SUIT: {"M07": Fraction(4), "M08": Fraction(12)}})

    (made,) = expected_output({LINE: a_line()}, [Activation(LINE, D0, D0)], D0, materials)

    assert (made.quantity, made.limited_by) == (50, "M07")


def test_the_second_level_caps_too() -> None:
    bom = {SUIT: {"M07": Fraction(4)}, "M07": {"RESIN": Fraction(1, 2)}}
    materials = Materials({"M07": 10_000, "RESIN": 20}, {SUIT: material_needs(SUIT, bom)})

    (made,) = expected_output({LINE: a_line()}, [Activation(LINE, D0, D0)], D0, materials)

    assert (made.quantity, made.limited_by) == (10, "RESIN")


def test_a_material_that_nobody_supplies_stops_the_line() -> None:
    materials = Materials({}, {SUIT: {"M07": Fraction(4)}})

    assert expected_output({LINE: a_line()}, [Activation(LINE, D0, day(3))], day(3), materials) == []


def test_lines_share_a_material_in_the_order_of_their_codes() -> None:
    lines = {code: a_line(code) for code in ("PR002-L1", "PR001-L1")}
    materials = Materials({"M07": 600}, {SUIT: {"M07": Fraction(4)}})
    activations = [Activation(code, D0, day(1)) for code in lines]

    made = expected_output(lines, activations, day(1), materials)

    assert [(each.line_code, each.made_on, each.quantity) for each in made] == [
        ("PR001-L1", D0, 100),
        ("PR002-L1", D0, 50),
        ("PR001-L1", day(1), 100),
        ("PR002-L1", day(1), 50),
    ]
    assert expected_output(lines, activations[::-1], day(1), materials) == made


def test_what_others_take_is_gone() -> None:
    materials = Materials({"M07": 400}, {SUIT: {"M07": Fraction(4)}}, {(D0, "M07"): Fraction(100)})

    made = expected_output({LINE: a_line()}, [Activation(LINE, D0, day(1))], day(1), materials)

    assert [each.quantity for each in made] == [75, 100]


def test_material_use_adds_up_by_day() -> None:
    needs = {SUIT: {"M07": Fraction(4)}, MASK: {"M01": Fraction(1, 1000)}}

    used = material_use([(SUIT, D0, 10), (SUIT, D0, 5), (MASK, day(1), 500)], needs)

    assert used == {(D0, "M07"): 60, (day(1), "M01"): Fraction(1, 2)}


LINE_SHAPES = st.builds(
    a_line,
    st.sampled_from(["PR001-L1", "PR002-L1", "PR003-L1", "PR004-L1"]),
    product_code=st.sampled_from([SUIT, MASK]),
    normal_daily=st.integers(0, 50),
    max_daily=st.integers(50, 500),
    changeover_hours=st.integers(0, 60),
    ramp_up_days=st.integers(0, 6),
)
NEEDS = {SUIT: {"FABRIC": Fraction(4), "RESIN": Fraction(9, 2)}, MASK: {"FABRIC": Fraction(1, 7)}}


@settings(max_examples=60)
@given(st.lists(LINE_SHAPES, min_size=1, max_size=4), st.integers(0, 2000), st.integers(0, 2000))
def test_together_lines_never_take_more_than_comes_in(shapes: list[Line], fabric: int, resin: int) -> None:
    lines = {line.code: line for line in shapes}
    supply = {"FABRIC": fabric, "RESIN": resin}

    made = expected_output(lines, [Activation(code, D0, day(6)) for code in lines], day(6), Materials(supply, NEEDS))

    used = material_use([(each.item_code, each.made_on, each.quantity) for each in made], NEEDS)
    assert all(quantity <= supply[material] for (_, material), quantity in used.items())
    assert all(each.quantity <= output_on(lines[each.line_code], (each.made_on - D0).days) for each in made)


# --- activation ---------------------------------------------------------------------------------------------------


def test_supply_is_shown_by_date_of_issue() -> None:
    line = a_line(release_lag_days=7)

    made = expected_output({LINE: line}, [Activation(LINE, D0, day(1))], day(9), NO_MATERIALS)

    assert made == [
        Output(SUIT, "PR001", LINE, D0, day(8), 100, "capacity"),
        Output(SUIT, "PR001", LINE, day(1), day(9), 100, "capacity"),
    ]


def test_an_order_caps_the_day_and_the_whole() -> None:
    activation = Activation(LINE, D0, day(9), quantity_per_day=40, quantity=100)

    made = expected_output({LINE: a_line()}, [activation], day(9), NO_MATERIALS)

    assert [(each.quantity, each.limited_by) for each in made] == [(40, "order"), (40, "order"), (20, "order")]


def test_nothing_is_made_beyond_the_horizon() -> None:
    made = expected_output({LINE: a_line()}, [Activation(LINE, D0, day(9))], day(2), NO_MATERIALS)

    assert [each.made_on for each in made] == [D0, day(1), day(2)]


def test_an_unbroken_run_goes_on_where_it_was() -> None:
    line = a_line(normal_daily=0, max_daily=300, changeover_hours=24, ramp_up_days=2)

    fresh = expected_output({LINE: line}, [Activation(LINE, day(4), day(4))], day(4), NO_MATERIALS)
    running = expected_output({LINE: line}, [Activation(LINE, day(4), day(4), began_on=D0)], day(4), NO_MATERIALS)

    assert fresh == []
    assert [each.quantity for each in running] == [300]


def test_two_activations_of_one_line_share_what_it_makes() -> None:
    activations = [Activation(LINE, D0, D0, quantity_per_day=70), Activation(LINE, D0, day(1), quantity_per_day=70)]

    made = expected_output({LINE: a_line()}, activations, day(1), NO_MATERIALS)

    assert [(each.made_on, each.quantity) for each in made] == [(D0, 70), (D0, 30), (day(1), 70)]


def test_what_a_line_makes_for_others_is_not_made_again() -> None:
    promised = {(D0, LINE): 60}

    made = expected_output({LINE: a_line()}, [Activation(LINE, D0, day(1))], day(1), NO_MATERIALS, promised=promised)

    assert [each.quantity for each in made] == [40, 100]


def test_no_activation_makes_nothing() -> None:
    assert expected_output({LINE: a_line()}, [], day(9), NO_MATERIALS) == []


def test_hebei_suits_are_capped_by_barrier_fabric_not_by_lines() -> None:
    bom: dict[str, dict[str, Fraction]] = {}
    for row in rows("bom"):
        bom.setdefault(row["product_code"], {})[row["material_code"]] = Fraction(row["qty_per_unit"])
    daily = {row["material_code"]: int(row["province_daily_supply_normal"]) for row in rows("materials")}
    lines = {
        row["line_code"]: Line(
            row["line_code"],
            row["producer_code"],
            SUIT,
            ProductKind.ITEM,
            int(row["normal_daily_output"]),
            int(row["max_daily_output"]),
            int(row["changeover_hours"]),
            int(row["ramp_up_days"]),
            int(row["release_lag_days"]),
        )
        for row in rows("production_lines")
        if row["product_code"] == SUIT
    }
    materials = Materials(daily | {"M07": 60_000}, {SUIT: material_needs(SUIT, bom)})

    made = expected_output(lines, [Activation(code, D0, day(40)) for code in lines], day(40), materials)

    last = [each for each in made if each.made_on == day(40)]
    assert sum(line.max_daily for line in lines.values()) == 51_000
    assert sum(each.quantity for each in last) == 15_000  # 60,000 m2 at 4 m2 a suit (domain brief, section 4)
    assert made[0].available_on == day(8)


# --- promises -----------------------------------------------------------------------------------------------------


def test_the_last_begun_declaration_stands_also_when_it_has_run_out() -> None:
    declarations = [declared(500, 0, 90), declared(200, 10, 20)]

    assert declared_on(declarations, LINE, day(5)) == declarations[0]
    assert declared_on(declarations, LINE, day(15)) == declarations[1]
    assert declared_on(declarations, LINE, day(21)) is None
    assert declared_on(declarations, LINE, day(-1)) is None
    assert declared_on(declarations, "PR009-L9", day(5)) is None


def test_of_two_that_begin_together_the_last_recorded_stands() -> None:
    assert declared_on([declared(500, 0, 90), declared(100, 0, 90)], LINE, D0) == declared(100, 0, 90)


def test_a_promise_within_the_declaration_has_no_problem() -> None:
    others = [commitment(100, 2, 3, number="PRD-2")]

    assert commitment_problems(commitment(200), others, [declared(300, 0, 90)]) == []


def test_promises_of_one_line_never_exceed_its_declaration() -> None:
    others = [commitment(100, 2, 3, number="PRD-2")]

    (problem,) = commitment_problems(commitment(201), others, [declared(300, 0, 90)])

    assert (problem.code, problem.field) == ("beyond_declared", "quantity_per_day")
    assert (problem.expected, problem.found) == ("at most 200 a day on 2021-01-07", "201")


def test_a_promise_stays_within_the_days_of_the_declaration() -> None:
    (problem,) = commitment_problems(commitment(100), [], [declared(300, 0, 2)])

    assert (problem.code, problem.field, problem.found) == ("no_declaration", "to_on", "none on 2021-01-08")


def test_one_line_is_not_promised_to_two_incidents_at_once() -> None:
    others = [commitment(1, 3, 9, incident="B", number="PRD-2")]

    problems = commitment_problems(commitment(100), others, [declared(300, 0, 90)])

    assert [(problem.code, problem.found) for problem in problems] == [("line_promised", "B on 2021-01-08, PRD-2")]
    assert commitment_problems(commitment(100, 0, 2), others, [declared(300, 0, 90)]) == []


def test_a_lower_declaration_names_the_promises_it_strands() -> None:
    commitments = [commitment(100, 0, 5), commitment(150, 4, 8, number="PRD-2"), commitment(50, 9, 9, number="PRD-3")]
    declarations = [declared(300, 0, 90), declared(200, 3, 90)]

    assert stranded(commitments, declarations, D0) == [
        Stranded("PRD-1", LINE, day(4), 250, 200),
        Stranded("PRD-2", LINE, day(4), 250, 200),
    ]
    assert stranded(commitments, declarations, day(6)) == []
    assert stranded(commitments, [], day(9)) == [Stranded("PRD-3", LINE, day(9), 50, 0)]


def test_a_run_is_unbroken_while_orders_touch() -> None:
    earlier = [commitment(1, 0, 4), commitment(1, 5, 6, number="PRD-2")]

    assert began_on(commitment(1, 7, 9), earlier) == D0
    assert began_on(commitment(1, 8, 9), earlier) == day(8)
    assert began_on(commitment(1, 3, 9), []) == day(3)


# --- promise against output ---------------------------------------------------------------------------------------


def test_promise_against_output() -> None:
    planned = {D0: 100, day(1): 200, day(2): 300}
    reports = {D0: DayReport(D0, 90, 1), day(1): DayReport(day(1), 120, 0)}

    assert reliability(planned, reports) == Reliability(planned=300, made=210)
    assert cumulative_good(reports, day(2), 50) == 260
    assert cumulative_good(reports, D0, 95) == 95
    assert missing_days(planned, reports, day(3)) == [day(2)]
    assert missing_days(planned, reports, day(2)) == []


@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (0, 3, 4), (1, 0, 0)])
def test_days_between_count_both_ends(first: int, last: int, count: int) -> None:
    assert len(days_between(day(first), day(last))) == count
