"""Whatever stands in a file, reading it ends with a scenario or with problems, never otherwise."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from harness import world
from harness.scenario.catalogue import shipped
from harness.scenario.language import read
from harness.scenario.marks import expectations, verbs
from harness.scenario.position import Broken

TEXTS = [path.read_text("utf-8") for path in sorted(shipped().rglob("*.yaml"))[::5]]
SCRAPS = ["", "~", "1", "-1", "on", "true", "[]", "{}", "[a]", "{a: b}", "x", "ana", "'", ":", "- "]
WORDS = st.sampled_from([*verbs(), *expectations(), "given", "apps", "settings", "target"])
VALUES = st.sampled_from([*SCRAPS, "{group: Sales}", "[ana, ben]", "{Sales: ACTIVE}", "{o365: x}"])


def ends_well(text: str | bytes) -> None:
    lines = []
    try:
        read(text, Path("f.yaml"), world)
    except Broken as broken:
        lines = str(broken).splitlines()

    assert [line for line in lines if not line.startswith("f.yaml:")] == []


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_text(text):
    ends_well(text)


@given(st.binary(max_size=100))
def test_any_bytes(raw):
    ends_well(raw)


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=150)
def test_a_scenario_with_a_piece_replaced(text, data):
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 12)))

    ends_well(text[:begin] + data.draw(st.sampled_from(SCRAPS)) + text[end:])


@given(WORDS, VALUES)
@settings(max_examples=300)
def test_any_word_with_any_value_as_a_step(word, value):
    ends_well(f"title: x\napps: [o365]\ngiven: {{users: [ana]}}\nsteps:\n  - {word}: {value}\n")


@given(WORDS, VALUES)
@settings(max_examples=300)
def test_any_word_with_any_value_as_an_expectation(word, value):
    ends_well(f"title: x\napps: o365\nsteps:\n  - expect: {{{word}: {value}}}\n")


@given(WORDS, VALUES)
@settings(max_examples=300)
def test_any_word_with_any_value_at_the_top(word, value):
    ends_well(f"title: x\napps: o365\nsteps: [retry_all]\n{word}: {value}\n")
