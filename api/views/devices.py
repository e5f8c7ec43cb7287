"""What devices brought in, inside a reader's scopes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy.orm import Session

from api.schemas.devices import DeviceCommandOut
from reserve.dispatch import device_queries
from reserve.papers import queries as paper_queries


def commands(
    session: Session, scopes: Iterable[str], *, waiting: bool = False, after_id: int = 0, limit: int = 100
) -> list[DeviceCommandOut]:
    rows = device_queries.list_commands(session, scopes, waiting=waiting, after_id=after_id, limit=limit)
    papers = paper_queries.documents_by_id(
        session, (settlement.document_id for *_, settlement in rows if settlement and settlement.document_id)
    )
    return [
        DeviceCommandOut(
            id=command.id,
            key=command.key,
            kind=command.kind,
            outcome=command.outcome,
            occurred_at=command.occurred_at,
            recorded_at=command.recorded_at,
            refusal=command.refusal,
            problems=json.loads(command.problems),
            number=command.document_number,
            site_code=site.code,
            person_id=command.person_id,
            device_at=command.device_at,
            content=json.loads(command.content),
            settled_at=settlement.recorded_at if settlement else None,
            settled_by=papers[settlement.document_id].number if settlement and settlement.document_id else None,
        )
        for command, site, settlement in rows
    ]
