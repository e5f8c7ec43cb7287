"""What devices did without network: brought in one by one under their own keys, and what waits to be reconciled."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import AfterId, Command, Limit, Page, Question, needs
from api.schemas.devices import BroughtInOut, DeviceCommandIn, DeviceCommandOut, SettledOut
from api.views import devices as views
from reserve.authority import Permission
from reserve.dispatch import drafts, service

router = APIRouter(tags=["devices"], dependencies=[needs(Permission.STOCK_READ)])


@router.post("/device-commands", status_code=201, response_model=BroughtInOut)
def bring_in(body: DeviceCommandIn, command: Command) -> Response:
    """Bring in something that happened without network. Send the device's own key as the request key.

    Sent again it gets the same answer. What cannot be posted is kept and answered as ``to_reconcile``, never refused.
    """
    return command.run(service.bring_in, body.draft(command.key, command.now), answer=BroughtInOut)


@router.post("/device-commands/settle", response_model=SettledOut)
def settle_device_command(draft: drafts.SettlementDraft, command: Command) -> Response:
    """Close a fact that could not be posted: by the paper that set it right, or by a supervisor's reason."""
    return command.run(service.settle_device_command, draft, answer=SettledOut)


@router.get("/device-commands", response_model=Page[DeviceCommandOut])
def list_device_commands(
    question: Question, waiting: bool = False, after: AfterId = 0, limit: Limit = 100
) -> Page[DeviceCommandOut]:
    """What devices brought in to my sites, in the order of arrival; or only what still waits to be reconciled."""
    scopes = question.scopes(Permission.STOCK_READ)
    items = question.ask(views.commands, scopes, waiting=waiting, after_id=after, limit=limit)
    return Page(items=items, next=items[-1].id if len(items) == limit else None)
