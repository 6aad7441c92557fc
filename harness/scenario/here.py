"""Where a step acts: the operator, one app's target, the clock, the people by their short names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import CallView, LogEvent, TargetAccountView, TargetGroupView, UserProfile
from ..ports import Clock, Operator, Target
from .judge import CannotDo

MAIL_DOMAIN = "example.test"


@dataclass
class People:
    """Short names and logins. `ana` is `ana@example.test` until a scenario says otherwise."""

    logins: dict[str, str] = field(default_factory=dict)
    _shorts: dict[str, str] = field(default_factory=dict)

    def meet(self, short: str, login: str | None = None) -> str:
        """Give a person a (new) login; earlier ones are still recognised."""
        self.logins[short] = login or f"{short}@{MAIL_DOMAIN}"
        known = self.logins[short].lower()
        self._shorts[known] = short
        self._shorts.setdefault(known.partition("@")[0], short)  # all that some apps keep of it
        return self.logins[short]

    def also(self, short: str, login: str) -> None:
        """Recognise a login that an app has for this person."""
        self.login(short)
        self._shorts[login.lower()] = short

    def login(self, short: str) -> str:
        return self.logins.get(short) or self.meet(short)

    def all_logins(self, shorts: Iterable[str]) -> list[str]:
        return [self.login(short) for short in shorts]

    def short(self, login: str) -> str:
        """The short name behind a login as any app writes it; unknown logins stay as they are."""
        known = self._shorts.get(login.lower())
        local = login.lower().partition("@")[0].rpartition("\\")[2]
        return known or (local if local in self.logins else login)

    def profile(self, short: str) -> UserProfile:
        login = self.login(short)
        return UserProfile(login, login, short.title(), "Example")


@dataclass(frozen=True)
class Places:
    """An app's OUs by short name, the one for groups first; and those chosen for pushes."""

    known: Mapping[str, str]
    chosen: tuple[str, ...] = ()

    def dn(self, ou: str) -> str:
        """An OU's full name; a short one that nobody knows stands beside the OU for groups."""
        if ou in self.known or "=" in ou:
            return self.known.get(ou, ou)
        return f"OU={ou},{next(iter(self.known.values()), '').partition(',')[2]}".rstrip(",")

    @property
    def default(self) -> str | None:
        """Where groups go unless a step says otherwise; None for an app without OUs."""
        names = self.chosen or tuple(self.known)
        return self.dn(names[0]) if names else None


@dataclass
class Window:
    """What an expectation looks at: the calls and events since a mark."""

    calls: dict[str, int] = field(default_factory=dict)
    log: int = 0
    at: float = 0.0  # seconds since the epoch


@dataclass
class Windows:
    """The marks: at the start of step 1, after the last expectations, before the last step."""

    start: Window = field(default_factory=Window)
    expectation: Window = field(default_factory=Window)
    step: Window = field(default_factory=Window)

    def since(self, word: str) -> Window:
        """`world` is everything, also what made the given world."""
        windows = {"start": self.start, "expectation": self.expectation, "step": self.step}
        return windows.get(word) or Window()


@dataclass(frozen=True)
class Here:
    """What verbs and expectations may touch."""

    operator: Operator
    targets: Mapping[str, Target]
    clock: Clock
    people: People
    windows: Windows
    org_settings: frozenset[str]
    places: Mapping[str, Places]  # by label
    began: float
    app: str = ""
    kind: str = ""
    stop: Callable[[], bool] | None = None  # asked after every call while this step runs

    def run(self, until: float | None = None) -> bool:
        """Let the engine work off what is due; False when this step stopped it."""
        self.operator.run(until=until, stop=self.stop)
        return self.stop is None or not self.stop()

    @property
    def target(self) -> Target:
        return self.targets[self.app]

    def now(self) -> float:
        """Seconds since the world began."""
        return self.clock.now() - self.began

    def place(self, ou: str | None) -> str | None:
        """The OU meant: as told, none at all, or where groups go; an app without OUs has none."""
        places = self.places[self.app]
        if ou == "none" or not places.known:
            return None
        return places.default if ou is None else places.dn(ou)

    def dn(self, ou: str) -> str:
        """An OU's full name."""
        return self.places[self.app].dn(ou)

    # --- the target's groups and accounts, by the names scenarios use ------------------------

    def live_groups(self, name: str) -> list[TargetGroupView]:
        return [g for g in self.target.groups() if g.name == name and not g.deleted]

    def target_group(self, name: str, *, deleted: bool = False) -> str:
        """The id of the one target group of that name."""
        found = [g for g in self.target.groups() if g.name == name and g.deleted == deleted]
        return self._the_one(found, f"{_state(deleted=deleted)} group{{}} named {name!r}")

    def account(self, short: str, *, deleted: bool = False) -> str:
        """The id of a person's account."""
        found = [a for a in self.accounts_of(short) if a.deleted == deleted]
        return self._the_one(found, f"{_state(deleted=deleted)} account{{}} of {short!r}")

    def _the_one(
        self, found: Sequence[TargetGroupView] | Sequence[TargetAccountView], what: str
    ) -> str:
        if not found:
            raise CannotDo(f"{self.app} has no {what.format('')}")
        if len(found) > 1:
            raise CannotDo(f"{self.app} has {len(found)} {what.format('s')}, not one")
        return found[0].id

    def account_ids(self, shorts: Iterable[str]) -> list[str]:
        return [self.account(short) for short in shorts]

    def accounts_of(self, short: str) -> list[TargetAccountView]:
        return [a for a in self.target.accounts() if self.people.short(a.login) == short]

    def shorts_by_account(self) -> dict[str, str]:
        return {a.id: self.people.short(a.login) for a in self.target.accounts()}

    def add_account(
        self, short: str, login: str | None = None, profile: Mapping[str, Any] | None = None
    ) -> str:
        """Make an account by hand; it is recognised as that person's, whatever its login."""
        if login is not None:
            self.people.also(short, login)
        return self.target.add_account(login or self.people.login(short), profile or {})

    # --- what happened since a mark ------------------------------------------------------------

    def calls(self, since: str = "expectation") -> Sequence[CallView]:
        return self.target.calls(self.windows.since(since).calls.get(self.app, 0))

    def log(self, since: str = "expectation") -> list[LogEvent]:
        mark = self.windows.since(since).log
        return [event for event in self.operator.log() if event.number > mark]

    def mark(self) -> Window:
        """The present moment as a window's beginning."""
        calls = {label: self._last_call(label) for label in self.targets}
        log = max((event.number for event in self.operator.log()), default=0)
        return Window(calls, log, self.clock.now())

    def _last_call(self, label: str) -> int:
        known = self.windows.step.calls.get(label, 0)
        return max((call.number for call in self.targets[label].calls(known)), default=known)


def _state(*, deleted: bool) -> str:
    return "deleted" if deleted else "live"
