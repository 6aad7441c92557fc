import pytest
import yaml

from harness.scenario import tree
from harness.scenario.position import Broken
from harness.scenario.tree import brief, parse, plain


def value(text):
    return plain(parse(text, "f.yaml"))


def complaint(text):
    with pytest.raises(Broken) as caught:
        parse(text, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "12:30", "0b1", "1_000", "2001-01-01"])
def test_words_that_old_yaml_would_change_stay_text(word):
    assert value(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", 12), ("0o17", 15), ("0x1F", 31), ("1.5", 1.5), ("1e3", 1000.0), ("-3", -3)],
)
def test_numbers_follow_the_core_schema(text, expected):
    assert value(f"a: {text}") == {"a": expected}


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_true_is_a_flag_in_any_of_three_spellings(text):
    assert value(f"a: {text}") == {"a": True}


@pytest.mark.parametrize("text", ["", "~", "null", "Null"])
def test_nothing_is_none(text):
    assert value(f"a: {text}") == {"a": None}


def test_what_is_quoted_is_text():
    assert value("a: ['12', \"true\", 'null']") == {"a": ["12", "true", "null"]}


def test_every_node_knows_where_it_stands():
    node = parse("a:\n  - b\n  - {c: d}\n", "f.yaml")

    inner = node.get("a").items[1].get("c")

    assert (inner.at.line, inner.at.column) == (3, 9)


def test_a_duplicate_key_is_told_with_the_line_of_the_first():
    assert complaint("a: 1\nb: 2\na: 3\n") == "f.yaml:3:1: duplicate key 'a'; first on line 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x", "f.yaml:1:4: anchors (&x)"),
        ("a: *x", "f.yaml:1:4: aliases (*x)"),
        ("a: !!python/object:os.system x", "f.yaml:1:4: tags"),
        ("<<: {a: 1}", "f.yaml:1:1: merge keys"),
        ("a: '{{ env }}'", "f.yaml:1:4: templates"),
        ("a: ${HOME}", "f.yaml:1:4: templates"),
        ("? [a]\n: b", "f.yaml:1:3: a key is text, not a list"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a file holds one document"),
        ("", "f.yaml:1:1: the file is empty"),
        ("a: [1, 2", "f.yaml:2:1: not YAML"),
        ("a: b: c", "f.yaml:1:5: not YAML"),
        ("a: b: c", "text with ': ' in it needs quotes"),
        ("a:\n\tb: c", "a tab? lines are indented with spaces"),
        ("a: \x07", "not YAML"),
        (b"a: 1\nb: \xff", "f.yaml:2:4: not UTF-8 text"),
    ],
)
def test_what_is_not_part_of_the_language_is_refused_where_it_stands(text, words):
    assert words in complaint(text)


def test_two_mistakes_are_told_together():
    assert complaint("a: 1\na: 2\nb: '{{x}}'").count("\n") == 1


def test_a_file_that_is_too_large_is_not_read():
    assert "larger than 256 KiB" in complaint("# " + "x" * tree.MAX_BYTES)


def test_a_file_that_is_too_deep_is_not_read():
    assert "nested deeper than 12 levels" in complaint("[" * 100_000)


def test_an_endless_number_is_text():
    assert value("a: " + "9" * 5000) == {"a": "9" * 5000}


def test_without_the_c_parser_the_same_is_read(monkeypatch):
    text = "a: [1, no, {b: 'c'}]\nd: |\n  e\n"
    fast = value(text)

    monkeypatch.setattr(tree, "_Loader", yaml.SafeLoader)

    assert value(text) == fast


def test_a_node_on_one_line_is_cut_to_its_limit():
    assert brief(parse("a: [b, {c: d}]", "f"), 10) == "{a: [b, {…"
