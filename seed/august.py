"""The dispatch of August 2023 as one question: 28 points ask in writing for the 134,233 pieces that were sent.

The reference data has lamps with suppliers under agreement and none in a store; here they have been delivered to the
province's store before the points ask, so that all six items can be planned and loaded.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from reserve.clock import local_time
from reserve.stock.drafts import LotDraft, ReceiptDraft, ReceiptLineDraft
from reserve.stock.receipts import receive
from reserve.stock.terms import Fund
from seed import scripts
from seed.incidents import flood_requests
from seed.replay import Script, now_by
from seed.scripts import Cast
from seed.stories import FLOOD
from seed.story import Asked

VEHICLES_USED = 116
"""Medium and heavy vehicles of the real dispatch (dispatch_benchmarks.csv, BM03)."""
ASKED_ON = date(2023, 8, 2)
LAMP, STORE, OWNER = "H2090202", "WH-P01", "130000"

AUGUST = replace(
    FLOOD,
    asked=tuple(
        Asked(point.region_code, point.site_code, item, quantity, ASKED_ON)
        for point, item, quantity in flood_requests(FLOOD.item_codes)
    ),
)


def asked_for(cast: Cast) -> Script:
    """The incident is declared, the lamps come in, and the points ask."""
    yield from scripts.declared(cast)
    lamps = sum(each.quantity for each in cast.story.asked if each.item_code == LAMP)
    at = local_time(AUGUST.declared_on, 16)
    receipt = ReceiptDraft(
        site_code=STORE,
        owner_code=OWNER,
        fund=Fund.PROVINCIAL,
        supplier_code="PR001",
        lines=(
            ReceiptLineDraft(
                lot=LotDraft(item_code=LAMP, code="LAMP-2308", expires_on=ASKED_ON + timedelta(days=1800)),
                accepted=lamps,
            ),
        ),
        occurred_at=at,
    )
    yield now_by(scripts.keeper_of(STORE), receive, receipt, at)
    yield from scripts.asked(cast, ASKED_ON)
