"""Active Directory: a forest of two domains, reached through a directory agent."""

from ..core.app import AppSpec, Refusals, Setting
from . import errors, quirks, routes, serving
from .actions import KINDS
from .admin import Administrator
from .faults import FAULTS
from .state import Directory

APP = AppSpec(
    name="active_directory",
    title="Active Directory",
    hosts=("agent.active-directory.test",),
    state=Directory,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    refusals=Refusals(
        unknown_path=errors.unknown_path,
        wrong_method=errors.wrong_method,
        too_large=errors.too_large,
        throttled=errors.throttled,
        unavailable=errors.agent_unavailable,
    ),
    admin=Administrator,
    settings={
        "max_page_size": Setting(1000, "objects an unpaged search answers (MaxPageSize)"),
        "max_val_range": Setting(1500, "values of one attribute in an answer (MaxValRange)"),
        "recycle_bin": Setting(
            default=False, sentence="whether deleted objects keep attributes and links"
        ),
        "tombstone_lifetime_days": Setting(180, "how long a deleted object can be found"),
    },
    authenticate=routes.authenticate,
    faults=FAULTS,
    max_body_bytes=10 * 1024 * 1024,
    secret_fields=("password",),
    inner_operations=tuple(f"active_directory.{kind.operation}" for kind in KINDS),
    connect=serving.connect,
    snippet=serving.snippet,
)
