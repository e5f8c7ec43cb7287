"""The only writer of the ledger: movements, entries, holds, hold ends and balances.

Every function runs inside a command's transaction. Balances are locked in (account, lot) order in one statement;
every change is computed and every shortage listed before anything is written.
"""

from reserve.stock.ledger.balances import InsufficientStock
from reserve.stock.ledger.holds import HoldEnded, end_holds, hold, reduce_holds
from reserve.stock.ledger.lots import LotQuestion, account_for, certify, lot_for, lots_for
from reserve.stock.ledger.movements import (
    AlreadyReversed,
    MachineTwice,
    PastWouldBeNegative,
    lock_accounts,
    post,
    reverse,
)

__all__ = [
    "AlreadyReversed",
    "HoldEnded",
    "InsufficientStock",
    "LotQuestion",
    "MachineTwice",
    "PastWouldBeNegative",
    "account_for",
    "certify",
    "end_holds",
    "hold",
    "lock_accounts",
    "lot_for",
    "lots_for",
    "post",
    "reduce_holds",
    "reverse",
]
