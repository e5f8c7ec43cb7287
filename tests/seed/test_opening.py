"""The opening stock rule: exact on small examples, and its caps hold on the whole province."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

from reserve.organisations.terms import Tier
from reserve.stock.terms import Fund
from seed.goods import catalogue
from seed.opening import Fill, Goods, OpeningLine, Stockholder, Store, opening_lines
from seed.opening_book import fills, opening_drafts, opening_stock
from seed.places import warehouses

OUTBREAK = "INC-2021-COVID-SJZ"
LOTS = ((Fraction(1, 4), Fraction(1, 10)), (Fraction(3, 4), Fraction(9, 10)))
MASK = Goods("medical", volume_cm3=1000, pack_size=50)
TENT = Goods("shelter", volume_cm3=300_000, pack_size=1)
GOODS = {"MASK": MASK, "TENT": TENT}


def lines(holder: Stockholder, keepers: dict[str, str] | None = None, **fill: Fill) -> list[OpeningLine]:
    return list(opening_lines(holder, fill, GOODS, keepers or {}))


def holder(*stores: Store, **targets: int) -> Stockholder:
    return Stockholder("130100", Fund.CITY, stores or (Store("W1"),), targets)


def short(found: list[OpeningLine]) -> list[tuple[str, str, int, int]]:
    return [(line.site_code, line.item_code, line.lot_no, line.quantity) for line in found]


def test_target_times_fill_comes_in_whole_packs_and_lots() -> None:
    found = lines(holder(MASK=1_049), MASK=Fill(Fraction(6, 10), LOTS))

    assert short(found) == [("W1", "MASK", 0, 150), ("W1", "MASK", 1, 450)]  # 629 pieces are 12 packs: 3 and 9


def test_an_item_without_fill_holds_nothing() -> None:
    assert lines(holder(MASK=1_000, TENT=10), MASK=Fill(Fraction(0), LOTS)) == []


def test_stores_share_whole_lots_by_floor_area() -> None:
    whole = ((Fraction(1), Fraction(1, 2)),)
    found = lines(holder(Store("W1", 300), Store("W2", 100), MASK=800), MASK=Fill(Fraction(1), whole))

    assert short(found) == [("W1", "MASK", 0, 600), ("W2", "MASK", 0, 200)]


def test_the_cap_shrinks_every_category_to_its_share_of_the_volume() -> None:
    """10 m² hold 12 m³. Wanted are 30 m³ of tents and 10 m³ of masks: 9 m³ and 3 m³ have room."""
    whole = ((Fraction(1), Fraction(1, 2)),)
    fill = Fill(Fraction(1), whole)
    found = lines(holder(Store("W1", 10), MASK=10_000, TENT=100), MASK=fill, TENT=fill)

    assert short(found) == [("W1", "MASK", 0, 3_000), ("W1", "TENT", 0, 30)]


def test_part_is_kept_by_a_producer_for_the_owner() -> None:
    whole = ((Fraction(1), Fraction(1, 2)),)
    fill = Fill(Fraction(1), whole, on_behalf=Fraction(1, 10))
    found = lines(holder(MASK=10_000), {"MASK": "PR1"}, MASK=fill)

    assert short(found) == [("PR1", "MASK", 0, 1_000), ("W1", "MASK", 0, 9_000)]
    assert {line.owner_code for line in found} == {"130100"}


def test_what_no_producer_makes_stays_in_the_stores() -> None:
    whole = ((Fraction(1), Fraction(1, 2)),)
    found = lines(holder(MASK=1_000), MASK=Fill(Fraction(1), whole, on_behalf=Fraction(1, 10)))

    assert short(found) == [("W1", "MASK", 0, 1_000)]


def test_the_incident_row_goes_before_the_default_and_the_item_before_its_category() -> None:
    usual, drill = fills(Tier.PROVINCE, None), fills(Tier.PROVINCE, OUTBREAK)

    assert {usual[code].share for code in ("H2010103", "H2010201", "H2010301")} == {Fraction(6, 10)}
    assert len({drill[code].share for code in ("H2010103", "H2010201", "H2010301")}) == 3
    assert drill["H1030101"] == usual["H1030101"]


def test_no_store_of_the_province_is_fuller_than_its_floor_allows() -> None:
    volume = {item.code: item.volume_cm3 for item in catalogue().items}
    stored: dict[str, int] = defaultdict(int)
    for line in opening_stock():
        stored[line.site_code] += line.quantity * volume[line.item_code]
    fullest = max(Fraction(stored[store.code], store.floor_area_m2 * 1_200_000) for store in warehouses())

    assert fullest <= 1
    assert fullest > Fraction(9, 10)


def test_lots_of_the_opening_have_their_shares_of_life_left() -> None:
    drafts = {draft.site_code: draft for draft in opening_drafts(opening_stock(), date(2021, 1, 1))}
    suits = [line for line in drafts["WH-P01"].lines if line.lot.item_code == "H2010201"]

    assert [line.lot.expires_on for line in suits] == [date(2021, 4, 20), date(2021, 11, 25), date(2022, 9, 13)]
    assert all(line.quantity % 25 == 0 for line in suits)
    assert "非实盘" in drafts["WH-P01"].title
