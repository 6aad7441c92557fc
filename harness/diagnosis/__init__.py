"""Probable causes: from what is known of a failure to what an admin should look at and do.

One pure function per documented cause: `Evidence` in, `Finding` or None out. They are
asked in the order of `causes.CAUSES`, the most specific first; the first finding wins.
"""

from .causes import Evidence, Finding, diagnose

__all__ = ["Evidence", "Finding", "diagnose"]
