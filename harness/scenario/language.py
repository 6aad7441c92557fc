"""A scenario file as a value: its keys, its steps, and how it is read.

Everything wrong with a file is told at once, as `file:line:column: what, nearest known name`, and
before anything runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from ..errors import Unusable
from .kinds import (
    KNOWN,
    Anything,
    AppValues,
    Choice,
    Code,
    Conditions,
    Flag,
    Many,
    Name,
    Named,
    New,
    OktaSettings,
    PerApp,
    Quirks,
    Schema,
    Table,
    TargetSettings,
    Text,
    Whole,
    operation,
)
from .marks import Word, verbs
from .position import Broken, Position
from .reader import Facts, Reader
from .shapes import Record, Shape, shape_of
from .tree import Items, Leaf, Node, Pairs, brief, parse
from .words import Accounts, Groups, Users, Words

NONE = AppValues({}, {})


@dataclass(frozen=True)
class Lineup:
    """The apps of one world, by label; every lineup of a scenario makes one item."""

    apps: Mapping[str, str]  # label -> kind, in the order written

    @property
    def name(self) -> str:
        return "+".join(self.apps)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.apps.values()))


@dataclass(frozen=True)
class Apps:
    """App kinds; each makes one item. A map of labels to kinds puts several into one world."""

    def read(self, node: Node, reader: Reader) -> tuple[Lineup, ...]:
        entries = node.items if isinstance(node, Items) else (node,)
        lineups = tuple(filter(None, (self._lineup(entry, reader) for entry in entries)))
        if not entries:
            reader.wrong(node, "at least one app")
        if len({lineup.name for lineup in lineups}) < len(lineups):
            reader.problems.add(node.at, "the same app is listed twice")
        reader.labels = {label: kind for lineup in lineups for label, kind in lineup.apps.items()}
        reader.kinds = tuple(dict.fromkeys(reader.labels.values()))
        for kind in reader.kinds:
            for name, place in reader.facts.app_places(kind).items():
                reader.known.add("OU", name)
                reader.known.add("OU", place)
        return lineups

    def _lineup(self, node: Node, reader: Reader) -> Lineup | None:
        if isinstance(node, Pairs):
            return Lineup({k.text: kind for k, v in node.pairs if (kind := self._kind(v, reader))})
        kind = self._kind(node, reader)
        return Lineup({kind: kind}) if kind else None

    def _kind(self, node: Node, reader: Reader) -> str | None:
        kind = reader.text(node, "an app kind")
        if kind is not None and kind not in reader.facts.app_kinds():
            reader.problems.unknown(node.at, f"app '{kind}'", reader.facts.app_kinds())
            return None
        return kind

    def schema(self) -> Schema:
        kind: Schema = {"type": "string", "minLength": 1, KNOWN: "app"}
        labelled: Schema = {"type": "object", "additionalProperties": kind, "minProperties": 1}
        one = {"anyOf": [kind, labelled]}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


# --- given -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonGiven:
    """Details of a user that exists before step 1."""

    status: Annotated[str, Choice(("active", "staged", "suspended", "deactivated"))] = "active"
    login: Annotated[str | None, Text(), "if other than <name>@example.test"] = None
    email: Annotated[str | None, Text(), "if other than the login"] = None
    attributes: Annotated[
        Mapping[str, str] | None, Named(Text(), Text()), "custom attributes, for group rules"
    ] = None


@dataclass(frozen=True)
class GroupGiven:
    """An Okta group that exists before step 1."""

    members: Users = ()
    description: Words = ""


@dataclass(frozen=True)
class AccountGiven:
    """An account that exists in the app before Okta provisions anybody."""

    active: Annotated[bool, Flag()] = True
    login: Annotated[str | None, Text(), "if other than <name>@example.test"] = None
    profile: Annotated[
        Mapping[str, Any] | None, Table(Text(), Anything()), "in the app's own attribute names"
    ] = None


@dataclass(frozen=True)
class TargetGroupGiven:
    """A group that exists in the app before step 1."""

    members: Accounts = ()
    ou: Annotated[str | None, Name("OU")] = None
    type_: Annotated[Words, "the app's word for the kind of group"] = ""


@dataclass(frozen=True)
class TargetGiven:
    """What the app holds of its own before step 1."""

    accounts: Annotated[
        Mapping[str, AccountGiven | None],
        Named(New("account", is_person=True), Record(AccountGiven)),
        "accounts made by hand, before Okta provisions anybody",
    ] = field(default_factory=dict)
    groups: Annotated[
        Mapping[str, TargetGroupGiven | None],
        Named(New("target group"), Record(TargetGroupGiven)),
        "groups made by hand, after the assigned users were provisioned",
    ] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """The world before step 1. It is made in this order and the engine run until it is idle."""

    ous: Annotated[
        tuple[str, ...],
        Many(New("OU")),
        "the Group OUs connected to Okta, for apps that have OUs; pushes go to the first",
    ] = ()
    users: Annotated[
        Mapping[str, PersonGiven | None],
        Named(New("user", is_person=True), Record(PersonGiven)),
        "users in Okta, active unless told otherwise: ana is ana@example.test",
    ] = field(default_factory=dict)
    target: Annotated[
        TargetGiven, Record(TargetGiven, short=False), "what the app holds of its own"
    ] = field(default_factory=TargetGiven)
    groups: Annotated[
        Mapping[str, GroupGiven | None],
        Named(New("group"), Record(GroupGiven)),
        "groups in Okta with their members",
    ] = field(default_factory=dict)
    assigned: Annotated[Users, "users assigned to the app one by one, and provisioned"] = ()
    assigned_groups: Annotated[Groups, "groups assigned to the app, their members provisioned"] = ()
    pushed: Annotated[Groups, "groups already pushed by name"] = ()


NOTHING = Given()

# --- steps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepKeys:
    """Keys that any step may carry beside its verb."""

    only: Annotated[
        tuple[str, ...], Many(Text("an app kind")), "app kinds this step is for; say why"
    ] = ()
    app: Annotated[str | None, Text("an app"), "which app, in a world of several"] = None
    when: Annotated[
        Mapping[str, Any] | None,
        Conditions(),
        "settings that a run must have for this step; say why. `pushproof run --setting` sets them",
    ] = None
    because: Annotated[
        str | None, Text(), "why the step is there, or for some apps or settings only"
    ] = None
    refused: Annotated[
        str | None, Text(), "the step must be refused; a part of the refusal's code or text"
    ] = None
    stop_after: Annotated[
        Mapping[str, str] | None,
        operation(),
        "stop the engine once the app has answered this operation; the next step comes in between",
    ] = None


@dataclass(frozen=True)
class Step:
    """One step: a verb with its arguments, as read."""

    at: Position
    text: str
    verb: Word
    arguments: Mapping[str, Any]
    keys: StepKeys

    def is_for(self, lineup: Lineup) -> bool:
        return not self.keys.only or bool(set(self.keys.only) & set(lineup.kinds))


@dataclass(frozen=True)
class Steps:
    """The list of steps, read in order: a name must exist before it is used."""

    def read(self, node: Node, reader: Reader) -> tuple[Step, ...]:
        if not isinstance(node, Items) or not node.items:
            reader.wrong(node, "a list of steps")
            return ()
        steps = tuple(filter(None, (self._step(item, reader) for item in node.items)))
        reader.refuse_idle_conditions()
        return steps

    def _step(self, node: Node, reader: Reader) -> Step | None:
        if isinstance(node, Leaf):
            return self._bare(node, reader)
        if not isinstance(node, Pairs):
            reader.wrong(node, "a step: a verb and what it needs")
            return None
        word = self._word(node, reader)
        with reader.limited_to(self._kinds(node, reader)):
            keys = self._keys(node, reader)
            if word is None:
                return None
            key, value = word
            arguments = verbs()[key.text].read(value, reader)
        step = Step(node.at, _line(node), verbs()[key.text], arguments or {}, keys)
        _check_keys(step, node, reader)
        return step

    def _keys(self, node: Pairs, reader: Reader) -> StepKeys:
        own = tuple(pair for pair in node.pairs if pair[0].text in _step_shape().keys)
        keys = StepKeys(**(_step_shape().read(Pairs(node.at, own), reader) or {}))
        if keys.only and keys.because is None:
            reader.problems.add(_at(node, "only"), "`only` needs a `because`: why not on all apps")
        if keys.when and keys.because is None:
            reader.problems.add(_at(node, "when"), "`when` needs a `because`: why not in all runs")
        return keys

    def _bare(self, node: Leaf, reader: Reader) -> Step | None:
        name = reader.text(node, "a step: a verb and what it needs")
        if name is None:
            return None
        word = verbs().get(name)
        if word is None:
            reader.problems.unknown(node.at, f"verb '{name}'", verbs())
        elif not word.can_stand_alone:
            reader.problems.add(node.at, f"the verb {name!r} needs a value")
        else:
            return Step(node.at, name, word, {}, StepKeys())
        return None

    def _word(self, node: Pairs, reader: Reader) -> tuple[Leaf, Node] | None:
        """The one verb of a step."""
        found = [pair for pair in node.pairs if pair[0].text in verbs()]
        for key, _ in node.pairs:
            if key.text not in verbs() and key.text not in _step_shape().keys:
                known = [*verbs(), *_step_shape().keys]
                reader.problems.unknown(key.at, f"verb '{key.text}'", known)
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            names = ", ".join(key.text for key, _ in found)
            reader.problems.add(node.at, f"a step has one verb, not {len(found)}: {names}")
        elif len(node.pairs) == sum(key.text in _step_shape().keys for key, _ in node.pairs):
            reader.problems.add(node.at, "the step has no verb")
        return None

    def _kinds(self, node: Pairs, reader: Reader) -> tuple[str, ...]:
        """The app kinds that this step can meet; tells which of `only` and `app` are unknown."""
        apps = _texts(node.get("app")) or list(reader.labels)
        only = _texts(node.get("only")) or list(reader.labels.values())
        for label in apps:
            if label not in reader.labels:
                reader.problems.unknown(_at(node, "app"), f"app '{label}'", reader.labels)
        for kind in only:
            if kind not in reader.labels.values():
                known = set(reader.labels.values())
                reader.problems.unknown(_at(node, "only"), f"app kind '{kind}'", known)
        kinds = [kind for label, kind in reader.labels.items() if label in apps and kind in only]
        return tuple(dict.fromkeys(kinds))

    def schema(self) -> Schema:
        alone = [name for name, word in verbs().items() if word.can_stand_alone]
        step: Schema = {
            "type": "object",
            "properties": {
                **{name: word.schema() for name, word in verbs().items()},
                **_step_shape().schema()["properties"],
            },
            "additionalProperties": False,
            "oneOf": [{"required": [name]} for name in verbs()],
        }
        return {"type": "array", "minItems": 1, "items": {"anyOf": [step, {"enum": alone}]}}


def _check_keys(step: Step, node: Pairs, reader: Reader) -> None:
    """Some keys make sense with some verbs only."""
    name = step.verb.name
    if step.keys.refused is not None and step.verb.is_judgement:
        reader.problems.add(_at(node, "refused"), f"{name!r} is a judgement and is never refused")
    if step.keys.stop_after is not None and not step.verb.can_be_stopped:
        told = f"the engine does not work during {name!r}: there is nothing to stop"
        reader.problems.add(_at(node, "stop_after"), told)


def _line(node: Pairs) -> str:
    """A step on one line, without what it says of itself."""
    told = tuple(pair for pair in node.pairs if pair[0].text != "because")
    return ", ".join(f"{key.text}: {brief(value, 160)}".rstrip(": ") for key, value in told)


def _texts(node: Node | None) -> list[str]:
    """The texts of a scalar or a list of scalars."""
    leaves = node.items if isinstance(node, Items) else (node,)
    return [leaf.value for leaf in leaves if isinstance(leaf, Leaf) and isinstance(leaf.value, str)]


def _step_shape() -> Shape:
    return shape_of(StepKeys)


def _at(node: Pairs, key: str) -> Position:
    return next((name.at for name, _ in node.pairs if name.text == key), node.at)


@dataclass(frozen=True)
class Version:
    """The version of the language: 1."""

    def read(self, node: Node, reader: Reader) -> int | None:
        if isinstance(node, Leaf) and node.value == 1 and not isinstance(node.value, bool):
            return 1
        reader.wrong(node, "1, the only version there is")
        return None

    def schema(self) -> Schema:
        return {"const": 1}


# --- the file ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of a file, in the order in which they are read."""

    schema: Annotated[int, Version(), "version of the language"] = 1
    title: Annotated[str, Text(), "one sentence"]
    source: Annotated[str, Text(), "the document or ticket that this reproduces"] = ""
    case: Annotated[tuple[str, ...], Many(Code()), "ids of the cases and rules shown"] = ()
    because: Annotated[str, Text(), "what a reader should know"] = ""
    apps: Annotated[tuple[Lineup, ...], Apps(), "app kinds; each makes one item of the run"]
    seed: Annotated[int, Whole(), "decides every id and name that is left to chance"] = 0
    settings: Annotated[AppValues, PerApp(OktaSettings()), "settings of the org and its apps"] = (
        NONE
    )
    target_settings: Annotated[
        AppValues, PerApp(TargetSettings()), "settings of the apps' own tenants"
    ] = NONE
    quirks: Annotated[AppValues, PerApp(Quirks()), "quirks of the apps to switch on or off"] = NONE
    unsure: Annotated[
        tuple[str, ...], Many(Text()), "unconfirmed rules that the scenario leans on"
    ] = ()
    given: Annotated[Given, Record(Given, short=False), "the world before step 1"] = NOTHING
    steps: Annotated[tuple[Step, ...], Steps(), "what happens, and what must then be so"]


@dataclass(frozen=True)
class Scenario:
    """One file, read."""

    path: Path
    keys: Keys
    given_at: Position  # where `given` stands, or the file's beginning

    @property
    def title(self) -> str:
        return self.keys.title

    @property
    def lineups(self) -> tuple[Lineup, ...]:
        return self.keys.apps

    @property
    def cases(self) -> tuple[str, ...]:
        return self.keys.case


def load(path: Path, facts: Facts) -> Scenario:
    """Read a file; Broken tells everything that is wrong with it, Unusable that it is not there."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{shown(path)}: {error.strerror or error}") from error
    return read(text, path, facts)


def read(text: bytes | str, path: Path, facts: Facts) -> Scenario:
    """Read a scenario's text as that of the file at `path`."""
    reader = Reader(facts)
    tree = parse(text, shown(path))
    if not isinstance(tree, Pairs):
        reader.wrong(tree, "a map with title, apps and steps")
        raise Broken(reader.problems.found)
    values = shape_of(Keys).read(tree, reader)
    reader.problems.raise_if_any()
    assert values is not None, "a missing key is a problem"
    return Scenario(path, Keys(**values), _at(tree, "given"))


def shown(path: Path) -> str:
    """A path as a user would write it here."""
    full, here = path.absolute(), Path.cwd()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(full)
