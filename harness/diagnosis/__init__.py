"""Probable causes: from what is known to what an admin should look at and do.

Each documented cause is one pure function in `causes/`: one piece of evidence in, a `Finding` or
None out. What it is asked about is the type of its only argument (`evidence.py`); it is found by
its mark. `diagnose` asks about a failure that the engine has recorded, `explain` about a state that
has no error at all, `about_group` about one group that is not as somebody expects, `about_refusal`
about a request the org turned down. `gather` reads the witnesses; nothing else here does any I/O.
"""

from .asking import about_group, about_offer, about_refusal, diagnose, explain
from .evidence import Evidence, Failure
from .finding import Fact, Finding
from .gather import gather

__all__ = [
    "Evidence",
    "Fact",
    "Failure",
    "Finding",
    "about_group",
    "about_offer",
    "about_refusal",
    "diagnose",
    "explain",
    "gather",
]
