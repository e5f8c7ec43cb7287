"""An unmet need in words, in both languages."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from api.i18n import Language, text_in
from api.views.naming import Names
from api.views.unmet_words import reason
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.explain import explain
from optimizer.dispatch.instance import Dock, Floor, HolderKind, Incident, Instance, Item, Level, Route
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world

START = datetime(2021, 1, 5, tzinfo=UTC)
NAMES = Names({"MASK": "口罩"}, {"P1": "市第一医院", "W-S1": "省库"}, {}, {})
NEED = {"code": "X|P1|MASK|1|0|0"}


def told(world: Instance, language: Language) -> list[str]:
    (found,) = explain(world, allocate(world))
    said = reason(text_in(language), NAMES, START, asdict(found))
    return [*said.because, *said.help]


def test_a_signature_that_is_missing_is_said_with_who_gives_it() -> None:
    world = make_world(
        sources=(make_source("S@W-S1", HolderKind.PROVINCE, "13", "13"),),
        lots=(make_lot(source="S@W-S1"),),
        incidents=(Incident("X", Level.III),),
        needs=(make_need(**NEED),),
    )
    world_at_site = Instance.from_json(world.to_json().replace("W-S@W-S1", "W-S1"))

    assert told(world_at_site, Language.ZH) == [
        "60 待签批:省库。",
        "省库 有 100:第 3 步须有文书,由 持有单位的应急委委员 签批。",
        "没有任何来源可依法按时送达。",
        "启用第 3 步,动用 省库 的 60,由 持有单位的应急委委员 签批。",
        "这样本条可得 60,该处各时段共得 60,别处一件不少(已重新求解验证)。",
    ]


def test_who_would_go_without_is_said_by_name() -> None:
    world = make_world(
        incidents=(Incident("X", Level.I, (9,)),),
        floors=(Floor("S1", "MASK", strategic=100, opened=100),),
        needs=(make_need(**NEED), make_need("N2", "P2", 45)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10)),
    )
    (found,) = [row for row in explain(world, allocate(world)) if row.need_code == NEED["code"]]

    zh, en = (reason(text_in(one), NAMES, START, asdict(found)).because[0] for one in (Language.ZH, Language.EN))

    assert en == (
        "3 could only come from others: 3 more for this place over all its hours would cost others 3, most of all "
        "P2 3 of 口罩 (class 1): solved again."
    )
    assert zh == "3 只能由别处让出:该处各时段多得 3,别处共少 3,其中最多的是 P2 的 口罩 3(第 1 类)(已重新求解验证)。"


def test_a_slow_dock_and_too_few_goods_are_said_together() -> None:
    world = make_world(
        items=(Item("MASK", volume_cm3=2_000_000),),
        boundaries=(0, 24),
        docks=(Dock("W-S1", 1_000_000),),
        lots=(make_lot(quantity=40),),
        floors=(Floor("S1", "MASK", readiness=10),),
        needs=(make_need(**NEED),),
    )

    said = told(world, Language.EN)

    assert said[:2] == ["48 wait for loading, at 省库.", "30 wait for goods that do not exist, nearest at S1."]
    assert said[-3:-1] == ["Load 4 m³ an hour more at 省库.", "Bring 30 more to S1."]


def test_goods_that_come_late_are_said_with_their_hour() -> None:
    said = told(make_world(needs=(make_need(**NEED, due=1),)), Language.EN)

    assert said == [
        "60 cannot come in time from anywhere.",
        "100 at S1: not before 2021-01-05T02:00+00:00.",
        "Nothing may come from anywhere.",
        "60 could be there late: from S1, at 2021-01-05T02:00+00:00.",
    ]


@pytest.mark.parametrize("language", list(Language))
def test_what_is_not_proven_is_not_said(language: Language) -> None:
    world = make_world(routes=(), needs=(make_need(**NEED),))

    assert len(told(world, language)) == 3
