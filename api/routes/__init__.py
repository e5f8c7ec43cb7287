"""JSON under /api/v1, one file per slice and reading apart where a slice is large: translate, hand over, return."""

from __future__ import annotations

from api.routes import (
    access,
    audit,
    capacity,
    capacity_reading,
    catalogue,
    devices,
    dispatch,
    dispatch_reading,
    incident_reading,
    incidents,
    mandates,
    organisations,
    papers,
    printing,
    scenarios,
    sheets,
    sites,
    stock,
    stock_reading,
    studies,
)

ROUTERS = (
    access.router,
    organisations.router,
    papers.router,
    printing.router,
    catalogue.router,
    sites.router,
    stock.router,
    stock_reading.router,
    incidents.router,
    incident_reading.router,
    capacity.router,
    capacity_reading.router,
    mandates.router,
    dispatch.router,
    dispatch_reading.router,
    studies.router,
    devices.router,
    scenarios.router,
    sheets.router,
    audit.router,
)
