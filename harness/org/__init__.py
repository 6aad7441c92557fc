"""The Okta-modelled org: people, groups, apps, assignments, mappings, jobs, log, and the store.

The org decides what should be; it never talks to a target. Every change is one transaction, and the
jobs that must follow from it are recorded in that same transaction.
"""

from .org import Org

__all__ = ["Org"]
