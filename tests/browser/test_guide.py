"""The storekeeper's guide, step by step as it is written, in both languages; its pictures are made here.

``pytest tests/browser/test_guide.py --pictures`` draws them anew into docs/guide.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reserve.stock.scans import lot_label
from tests.browser.conftest import Visit

ROOT = Path(__file__).parents[2]
SCREEN = (390, 760)
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
PICTURES = ("desk", "receipt", "booked")
LAST_DAY = date(2023, 6, 30)
Draw = Callable[[Page, str], None]


def drawing(language: str, wanted: bool) -> Draw:
    """Puts what the screen shows into the guide's folder, when it is asked for."""

    def draw(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        if wanted:
            page.screenshot(path=ROOT / "docs" / "guide" / language / f"{name}.png", animations="disabled")

    return draw


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_is_followed_step_by_step(visit: Visit, language: str, request: pytest.FixtureRequest) -> None:
    draw = drawing(language, request.config.getoption("--pictures"))
    page = visit("keeper", size=SCREEN, language=LANGUAGES[language])
    page.goto("/desk")
    draw(page, "desk")

    page.goto("/desk/receipts/new?site=WH-P01")
    page.locator("#f-scan").focus()
    for lot, pieces in (("2101A", 5000), ("2101B", 2500)):
        page.keyboard.type(lot_label("H2010104", f"{lot}-{language}", expires_on=LAST_DAY, pieces=pieces))
        page.keyboard.press("Enter")
    expect(page.locator("fieldset.line")).to_have_count(2)
    page.locator("#f-supplier_code").fill("PR003")
    page.evaluate("scrollTo(0, 0)")
    draw(page, "receipt")
    page.locator("button[name=act][value=book]").click()
    page.wait_for_url("**/desk/papers/RCP-*")
    draw(page, "booked")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_small_and_stands_in_the_guide(language: str) -> None:
    guide = (ROOT / "docs" / f"storekeeper{'.zh' if language == 'zh' else ''}.md").read_text(encoding="utf-8")

    for name in PICTURES:
        assert f"](guide/{language}/{name}.png)" in guide
        picture = (ROOT / "docs" / "guide" / language / f"{name}.png").read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert len(picture) < 100_000
