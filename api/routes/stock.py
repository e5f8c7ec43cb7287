"""What a storekeeper does with goods."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Command, needs
from api.schemas.papers import DocumentRef
from api.schemas.stock import CountedOut, HoldsEndedOut, HoldsPlacedOut, MachineCheckedOut, PostedOut, ReasonedOut
from reserve.authority import Permission
from reserve.stock import drafts, service

router = APIRouter(tags=["stock"])


@router.post(
    "/opening-balances", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_OPENING)]
)
def open_balance(draft: drafts.OpeningDraft, command: Command) -> Response:
    """Book what stood on the shelves when the books were opened."""
    return command.run(service.open_balance, draft, answer=PostedOut)


@router.post("/receipts", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_RECEIVE)])
def receive(draft: drafts.ReceiptDraft, command: Command) -> Response:
    """Book a delivery. Sending the same request key again returns the same receipt."""
    return command.run(service.receive, draft, answer=PostedOut)


@router.post("/inspections", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_RECEIVE)])
def inspect(draft: drafts.InspectionDraft, command: Command) -> Response:
    return command.run(service.inspect, draft, answer=PostedOut)


@router.post(
    "/machine-checks", status_code=201, response_model=MachineCheckedOut, dependencies=[needs(Permission.STOCK_RECEIVE)]
)
def check_machine(draft: drafts.MachineCheckDraft, command: Command) -> Response:
    """Write down what was found of one machine: its condition, and its calibration where one was done."""
    return command.run(service.check_machine, draft, answer=MachineCheckedOut)


@router.post("/transfers", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_TRANSFER)])
def transfer(draft: drafts.TransferDraft, command: Command) -> Response:
    return command.run(service.transfer, draft, answer=PostedOut)


@router.post("/issues", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_ISSUE)])
def issue(draft: drafts.IssueDraft, command: Command) -> Response:
    return command.run(service.issue, draft, answer=PostedOut)


@router.post("/returns", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_RECEIVE)])
def take_back(draft: drafts.ReturnDraft, command: Command) -> Response:
    """Book goods that come back from use, against the paper on which they left; they wait for inspection."""
    return command.run(service.take_back, draft, answer=PostedOut)


@router.post("/counts", status_code=201, response_model=CountedOut, dependencies=[needs(Permission.STOCK_COUNT)])
def count(draft: drafts.CountDraft, command: Command) -> Response:
    """Enter a blind count; differences are posted once they are signed."""
    return command.run(service.count, draft, answer=CountedOut)


@router.post("/counts/again", response_model=CountedOut, dependencies=[needs(Permission.STOCK_COUNT)])
def recount(draft: drafts.RecountDraft, command: Command) -> Response:
    """Enter what a second person found on the lines whose difference is large."""
    return command.run(service.recount, draft, answer=CountedOut)


@router.post("/counts/reasons", response_model=ReasonedOut, dependencies=[needs(Permission.STOCK_COUNT)])
def give_reasons(draft: drafts.CountReasonsDraft, command: Command) -> Response:
    """Say of each difference why shelf and book differ; none is posted without."""
    return command.run(service.give_reasons, draft, answer=ReasonedOut)


@router.post("/counts/post", response_model=PostedOut, dependencies=[needs(Permission.STOCK_ADJUST)])
def post_count(draft: drafts.CountSignOffDraft, command: Command) -> Response:
    return command.run(service.post_count, draft, answer=PostedOut)


@router.post("/adjustments", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_ADJUST)])
def adjust(draft: drafts.AdjustmentDraft, command: Command) -> Response:
    return command.run(service.adjust, draft, answer=PostedOut)


@router.post("/reversals", status_code=201, response_model=PostedOut, dependencies=[needs(Permission.STOCK_REVERSE)])
def reverse(draft: drafts.ReversalDraft, command: Command) -> Response:
    return command.run(service.reverse, draft, answer=PostedOut)


@router.post("/disposals", status_code=201, response_model=DocumentRef, dependencies=[needs(Permission.STOCK_ADJUST)])
def request_disposal(draft: drafts.DisposalDraft, command: Command) -> Response:
    return command.run(service.request_disposal, draft, answer=DocumentRef)


@router.post("/disposals/carry-out", response_model=PostedOut, dependencies=[needs(Permission.STOCK_ADJUST)])
def dispose(draft: drafts.DisposeDraft, command: Command) -> Response:
    return command.run(service.dispose, draft, answer=PostedOut)


@router.post("/holds", status_code=201, response_model=HoldsPlacedOut, dependencies=[needs(Permission.STOCK_HOLD)])
def hold(draft: drafts.HoldDraft, command: Command) -> Response:
    """Keep goods for a purpose; says what was held and what was short, line by line."""
    return command.run(service.hold, draft, answer=HoldsPlacedOut)


@router.post("/holds/release", response_model=HoldsEndedOut, dependencies=[needs(Permission.STOCK_HOLD)])
def release_hold(draft: drafts.HoldReleaseDraft, command: Command) -> Response:
    return command.run(service.release_hold, draft, answer=HoldsEndedOut)


@router.post("/holds/sweep", response_model=HoldsEndedOut, dependencies=[needs(Permission.STOCK_HOLD)])
def sweep_expired_holds(draft: drafts.ExpirySweepDraft, command: Command) -> Response:
    """End holds whose time has passed; the worker does this by itself."""
    return command.run(service.sweep_expired_holds, draft, answer=HoldsEndedOut)


@router.post("/blocks", status_code=201, response_model=DocumentRef, dependencies=[needs(Permission.STOCK_BLOCK)])
def block(draft: drafts.BlockDraft, command: Command) -> Response:
    return command.run(service.block, draft, answer=DocumentRef)


@router.post("/blocks/lift", response_model=DocumentRef, dependencies=[needs(Permission.STOCK_BLOCK)])
def lift_block(draft: drafts.BlockEndDraft, command: Command) -> Response:
    return command.run(service.lift_block, draft, answer=DocumentRef)
