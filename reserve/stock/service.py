"""The verbs of stock: what people can do with goods. Each stands in the file of its noun."""

from reserve.stock.corrections import adjust, dispose, request_disposal, reverse
from reserve.stock.counts import count, recount
from reserve.stock.differences import give_reasons, post_count
from reserve.stock.machines import check_machine
from reserve.stock.moves import issue, transfer
from reserve.stock.promises import block, hold, lift_block, release_hold, sweep_expired_holds
from reserve.stock.receipts import inspect, open_balance, receive
from reserve.stock.recovery import take_back

__all__ = [
    "adjust",
    "block",
    "check_machine",
    "count",
    "dispose",
    "give_reasons",
    "hold",
    "inspect",
    "issue",
    "lift_block",
    "open_balance",
    "post_count",
    "receive",
    "recount",
    "release_hold",
    "request_disposal",
    "reverse",
    "sweep_expired_holds",
    "take_back",
    "transfer",
]
