"""Failures only a directory behind an agent has.

`agent_offline` and `agent_slow` are armed on `active_directory.actions`, the whole call: nothing is
done. In `agent_slow` the queue gave up before the agent took the action up; work that is done while
nobody waits for it any more is core's `slow` or `lose_reply`. `busy` and `lost_rights` are armed on
one LDAP operation (`active_directory.modify`) and answered as its result.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..core.app import FakeApp
from ..core.error import ApiError
from ..core.fault import Fault
from . import errors


def _busy(_app: FakeApp, _fault: Fault) -> ApiError:
    return errors.busy()


def _lost_rights(_app: FakeApp, _fault: Fault) -> ApiError:
    """With a DN in the fault's `message` only what stands there is refused."""
    return errors.no_rights()


FAULTS: Mapping[str, Callable[[FakeApp, Fault], ApiError]] = MappingProxyType(
    {
        "agent_offline": errors.agent_offline,
        "agent_slow": errors.agent_slow,
        "busy": _busy,
        "lost_rights": _lost_rights,
    }
)
