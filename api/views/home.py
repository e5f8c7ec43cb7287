"""What a home page shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident


def open_incidents(session: Session, now: datetime) -> list[Incident]:
    """Incidents that are not closed. They are announced, so everybody who may read incidents sees all of them."""
    return incident_queries.open_incidents(session, ["/"], now, now)
