"""The verbs of dispatch: plan, study, order, sign, ship, receive, cut, close. Each stands in the file of its noun."""

from reserve.dispatch.cuts import apply_cut, request_cut
from reserve.dispatch.deliveries import deliver
from reserve.dispatch.departures import depart
from reserve.dispatch.devices import bring_in, settle_device_command
from reserve.dispatch.letters import draft_orders
from reserve.dispatch.orders import (
    acknowledge_order,
    close_order,
    issue_order,
    submit_order,
    withdraw_order,
)
from reserve.dispatch.plans import record_plan, record_plan_failure, request_plan
from reserve.dispatch.shipments import report_transit_loss, return_shipment
from reserve.dispatch.signing import sign
from reserve.dispatch.studies import (
    compare_policies,
    load_vehicles,
    price_choice,
    record_study,
    record_study_failure,
    weigh_hold_back,
)

__all__ = [
    "acknowledge_order",
    "apply_cut",
    "bring_in",
    "close_order",
    "compare_policies",
    "deliver",
    "depart",
    "draft_orders",
    "issue_order",
    "load_vehicles",
    "price_choice",
    "record_plan",
    "record_plan_failure",
    "record_study",
    "record_study_failure",
    "report_transit_loss",
    "request_cut",
    "request_plan",
    "return_shipment",
    "settle_device_command",
    "sign",
    "submit_order",
    "weigh_hold_back",
    "withdraw_order",
]
