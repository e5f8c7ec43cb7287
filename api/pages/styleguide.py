"""Our components, alive, each beside the line that makes it."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.desk import Page
from api.errors import problem_line
from api.filling import Filled
from reserve.errors import Problem

router = APIRouter()

SAMPLE_AT = datetime(2021, 1, 5, 0, 30, tzinfo=UTC)


@router.get("/styleguide")
def styleguide(page: Page) -> Response:
    """Samples only; the form goes nowhere."""
    problem = Problem("not_whole", "quantity", "a whole number", "12.5")
    typed = {"quantity": "12.5", "kind": "shelf"}
    wrong = Filled(
        csrf="",
        key="",
        typed=typed,
        message=page.text.error("invalid_input", {}),
        problems=[problem_line(page.text, problem)],
    )
    return page.show("styleguide.html", {"wrong": wrong, "sample_at": SAMPLE_AT})
