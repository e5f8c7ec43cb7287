"""The books, proved: plain SQL apart from the ORM and the services, on one read-only snapshot. Never mends anything.

One law a function, named after what must be true; ``LAWS`` lists them by the ids of the requirements.
"""

from reserve.verify.findings import Finding, Report
from reserve.verify.running import LAWS, QUICK, Level, run

__all__ = ["LAWS", "QUICK", "Finding", "Level", "Report", "run"]
