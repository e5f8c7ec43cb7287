"""What a home page shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.incidents.terms import IncidentState


def open_incidents(session: Session, now: datetime) -> list[Incident]:
    """Incidents that are not closed. They are announced, so everybody who may read incidents sees all of them."""
    return [
        incident
        for incident in incident_queries.list_incidents(session, ["/"])
        if incident_queries.version_at(session, incident.id, now, now).state is not IncidentState.CLOSED
    ]
