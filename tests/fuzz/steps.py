"""What Hypothesis makes: examples of a few requests, each of them good but for its oddities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.draft import Draft, Form, drafted
from tests.fuzz.grammars import LANGUAGES
from tests.fuzz.known import Known, Shape, keys_of
from tests.fuzz.oddities import KINDS, Odd, World

MOST_STEPS = 24
MOST = 4_096
NUMBERS = st.integers(0, MOST - 1)
PAIRS = st.integers(0, MOST**2 - 1)  # two of them in one, which is drawn in half the time
_WRITES = ("POST", "PUT", "PATCH")


@dataclass(frozen=True)
class Step:
    """One request: `shape` chooses among the forms of the operation and the shapes of bodies."""

    operation: str
    shape: int
    odd: tuple[Odd, ...] = ()


@dataclass(frozen=True)
class Example:
    """What one tenant goes through; its limits are the vendor's where `metered`."""

    steps: tuple[Step, ...]
    quirks: tuple[str, ...] = ()
    metered: bool = False


def examples(
    forms: Mapping[str, Sequence[Form]], quirks: Sequence[str], about: Known, world: World
) -> st.SearchStrategy[Example]:
    """Examples for one app."""
    odd = st.lists(_odd(about, world), max_size=3)
    step = st.builds(Step, st.sampled_from(_by_weight(forms)), NUMBERS, odd.map(tuple))
    return st.builds(
        Example,
        st.lists(step, min_size=1, max_size=MOST_STEPS).map(tuple),
        st.lists(st.sampled_from(quirks), max_size=3, unique=True).map(tuple),
        st.sampled_from([False, False, False, True]),
    )


def _by_weight(forms: Mapping[str, Sequence[Form]]) -> list[str]:
    """Operations that take a body can be odd in more ways."""
    return [
        name for name, told in forms.items() for _ in range(3 if told[0].method in _WRITES else 1)
    ]


def _odd(about: Known, world: World) -> st.SearchStrategy[Odd]:
    kinds = [name for name in sorted(KINDS) for _ in range(KINDS[name].weight)]
    plain = [name for name in kinds if name != "filter_is_odd"]
    filters = sorted(about.filters)

    @st.composite
    def made(draw: st.DrawFn) -> Odd:
        kind, name, text = draw(st.sampled_from(kinds if filters else plain)), "", ""
        if kind == "filter_is_odd":
            name = draw(st.sampled_from(filters))
            text = draw(LANGUAGES[about.filters[name]])
        return Odd(kind, *divmod(draw(PAIRS), MOST), name, text, world)

    return made()


class Composer:
    """Makes requests of steps."""

    def __init__(self, forms: Mapping[str, Sequence[Form]], about: Known) -> None:
        self._forms = forms
        self._about = about
        self._every = [each for shapes in about.shapes.values() for each in shapes]

    def compose(self, step: Step, names: Mapping[str, str], hosts: Sequence[str]) -> Draft:
        forms = self._forms[step.operation]
        form = forms[step.shape % len(forms)]
        shape = self._shape(form, step.shape // len(forms))
        draft = drafted(form, shape, self._shown(form, names), hosts[0])
        for odd in step.odd:
            odd.apply(draft)
        return draft

    def _shown(self, form: Form, names: Mapping[str, str]) -> Mapping[str, str]:
        """The names, the token that is shown to this route among them."""
        for part, name in self._about.bearers.items():
            if part in form.rule:
                return {**names, "bearer": names[name]}
        return names

    def _shape(self, form: Form, number: int) -> Shape:
        """One of its own; else, where it takes a body, mostly another's."""
        own = self._about.of(form.operation, form.route)
        if own:
            return own[number % len(own)]
        if form.method in ("GET", "DELETE") or not self._every or number % 5 == 0:
            return Shape()
        return Shape(json=self._every[number % len(self._every)].json or {})


def forms_of(operations: Mapping[str, Sequence[str]]) -> dict[str, list[Form]]:
    """The route table by operation, in a fixed order."""
    return {
        name: [Form(name, *each.split(" ", 1)) for each in sorted(told)]
        for name, told in sorted(operations.items())
    }


def world_of(about: Known, names: Mapping[str, str]) -> World:
    """What odd requests are made of, none of it secret."""
    told: list[Any] = [each.json for shapes in about.shapes.values() for each in shapes]
    ids = [
        text
        for name, text in names.items()
        if name.rstrip("12").endswith(("user", "group", "login", "_id", "_dn"))
    ]
    return World(
        ids=tuple(dict.fromkeys(ids)),
        keys=tuple(sorted({key for each in told for key in keys_of(each)})),
        words=about.words,
        headers=about.headers,
    )
