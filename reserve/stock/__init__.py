"""HOW MUCH: lots, the append-only ledger, holds, blocks, counts."""
