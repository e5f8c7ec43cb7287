"""What devices send and are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, JsonValue

from api.schemas.base import Out
from reserve.dispatch.drafts import MAX_CLOCK_ERROR_S, DeviceCommandDraft
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome
from reserve.drafts import Draft


class DeviceCommandIn(Draft):
    """Something that happened without network, in the words of the verb's own draft, by the device's clock."""

    kind: DeviceCommandKind
    site_code: str
    device_at: AwareDatetime
    sent_at: AwareDatetime
    """What the device's clock says while it sends this: tells how far it is off."""
    content: dict[str, JsonValue]

    def draft(self, key: str, now: datetime) -> DeviceCommandDraft:
        ahead = (self.sent_at - now).total_seconds()
        return DeviceCommandDraft(
            key=key,
            kind=self.kind,
            site_code=self.site_code,
            device_at=self.device_at,
            words=self.content,
            content=self.content,
            clock_ahead_s=max(-MAX_CLOCK_ERROR_S, min(MAX_CLOCK_ERROR_S, ahead)),
        )


class BroughtInOut(Out):
    """``number``: the paper it was posted on. ``problems``: every fault that keeps it from being posted."""

    key: str
    kind: DeviceCommandKind
    outcome: DeviceOutcome
    occurred_at: datetime
    recorded_at: datetime
    refusal: str
    problems: list[dict[str, Any]]
    number: str | None


class SettledOut(Out):
    id: int
    reason: str
    recorded_at: datetime


class DeviceCommandOut(BroughtInOut):
    """``settled_at``: when somebody set right what could not be posted."""

    id: int
    site_code: str
    person_id: int
    device_at: datetime
    content: dict[str, Any]
    settled_at: datetime | None
    settled_by: str | None
