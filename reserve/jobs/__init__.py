"""WORK FOR LATER: the outbox of jobs."""
