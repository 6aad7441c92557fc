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
        "max_password_age_days": Setting(42, "after which a password has expired, 0 for never"),
        "max_receive_buffer": Setting(
            10 * 1024 * 1024, "octets of an LDAP request (MaxReceiveBuffer)", low=1024
        ),
        "max_query_duration_s": Setting(120, "seconds a search may take (MaxQueryDuration)"),
        "require_signing": Setting(
            default=False, sentence="whether a simple bind over LDAP needs TLS (LDAP signing)"
        ),
        "controller_of": Setting(
            "",
            "the domain LDAP answers for, referring to the other's controllers; empty for both",
            ("", "ad.example.test", "emea.ad.example.test"),
        ),
        "replication_lag_s": Setting(
            0, "seconds until the second controller, which answers searches, has a change"
        ),
        "tombstone_lifetime_days": Setting(
            180,
            "how long a deleted object can be found; from the recycle bin, recycled as long again",
        ),
    },
    authenticate=routes.authenticate,
    faults=FAULTS,
    max_body_bytes=10 * 1024 * 1024,
    secret_fields=("password",),
    inner_operations=(
        *(f"active_directory.{kind.operation}" for kind in KINDS),
        "active_directory.extended",
    ),
    connect=serving.connect,
    snippet=serving.snippet,
    doors=serving.doors,
)
