"""Whether a page can be used by everybody: what ``look.js`` measures on the screen, and where the keyboard leads."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const below = box.top > innerHeight || box.bottom < 0;
  const covered = box.width > 1 && !below && top && !e.contains(top) && !top.contains(e);
  return { what: e.outerHTML.slice(0, 120), ring, covered, below };
}"""
MAX_STOPS = 60


def faults_of(page: Page) -> list[str]:
    """Everything that stands in somebody's way on the page as it is shown now."""
    found: list[str] = page.evaluate(LOOK)
    return found


def keyboard_faults(page: Page) -> list[str]:
    """Tab through the page: every stop must be seen, with a ring around it and nothing over it."""
    faults = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        if not stop["ring"]:
            faults.append(f"no ring: {stop['what']}")
        if stop["covered"] or stop["below"]:
            faults.append(f"out of sight: {stop['what']}")
    return faults
