"""What can go wrong, as values and exceptions every room shares. No I/O."""

from dataclasses import dataclass, field
from enum import StrEnum


class ErrorKind(StrEnum):
    """All that the engine needs to know about a target's refusal."""

    THROTTLED = "throttled"  # come back later; `retry_after_s` if the target said when
    UNAVAILABLE = "unavailable"  # 5xx, time-out, broken reply, agent offline: may pass by itself
    CREDENTIALS = "credentials"  # the target no longer lets us in
    NOT_FOUND = "not_found"  # the group, account or link is not there
    EXISTS = "exists"  # the name or object is already there
    REFUSED = "refused"  # anything else the target will refuse again


@dataclass(frozen=True)
class TargetError:
    """One refusal of a target, already classified by its adapter.

    `code` is the vendor's own, `message` the vendor's sentence, `reason` the HTTP reason phrase (or
    LDAP result name) that Okta puts before it. `missing` says what was not found: "group",
    "account", "place" (an organizational unit), or "" where the target does not say. `too_long`
    says that the object's name is longer than the target takes.
    """

    kind: ErrorKind
    code: str
    message: str
    reason: str = ""
    retry_after_s: float | None = None
    missing: str = ""
    too_long: bool = False

    @property
    def is_transient(self) -> bool:
        return self.kind in (ErrorKind.THROTTLED, ErrorKind.UNAVAILABLE)

    @property
    def detail(self) -> str:
        """The text an Okta admin sees after the step message (R44).

        Without a `message` there was no remote server to report one.
        """
        if self.reason == "Read timed out" or not self.message:
            return self.reason
        remote = f"Errors reported by remote server: {one_line(self.message)}"
        return f"{self.reason}. {remote}" if self.reason else remote


def one_line(text: str) -> str:
    """A vendor's text on one line: Active Directory's come with newlines, tabs and a NUL."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())


@dataclass
class Refused(Exception):
    """The org refuses what an admin asked for; shaped like an Okta API error."""

    code: str
    summary: str
    causes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.code} {self.summary}" + (
            f" ({'; '.join(self.causes)})" if self.causes else ""
        )


class Unusable(Exception):
    """Input that cannot be run: a broken scenario, an unknown app. One line says what and where."""


class NotApplicable(Exception):
    """An item that cannot be played where it was to be; its text is the reason, in few words."""
