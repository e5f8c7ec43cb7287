"""WHAT PEOPLE DID outside the ledger."""
