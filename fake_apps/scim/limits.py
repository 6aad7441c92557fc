"""Rate limits as data. The standard has none: they count where a quirk says so."""

from collections.abc import Mapping

from flask import Request

from ..core.app import FakeApp
from ..core.limits import Limit
from . import quirks

SMALL = 500  # bytes of a body
LIMITS = (
    Limit("group_patches", 100, 30, f"{quirks.MIRO} (with Q42)"),
    Limit("large_group_patches", 5, 30, f"{quirks.MIRO} (with Q42)"),
)


def cost(app: FakeApp, asked: Request) -> Mapping[str, float]:
    """What a call takes of the limits: nothing, as a rule."""
    if asked.endpoint != "scim.patch_group":
        return {}
    if quirks.GROUP_PATCHES_ARE_LIMITED not in app.state.behaviour:
        return {}
    is_small = int(asked.environ.get("CONTENT_LENGTH") or 0) <= SMALL
    return {"group_patches" if is_small else "large_group_patches": 1}
