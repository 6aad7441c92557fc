from textwrap import dedent

import pytest

from harness.errors import Unusable
from harness.scenario.expected import load

ONE, OTHER = "ops/a.yaml::o365", "ops/b.yaml::box"


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(text):
        file = tmp_path / "known.yaml"
        file.write_text(dedent(text))
        return load(file)

    return read


def test_an_entry_is_about_an_id_or_a_pattern(read):
    known = read(
        f"""
        # ours
        {ONE}: ticket 12
        "*::box": not connected
          yet
        """
    )

    assert [known.of(one).reason for one in (ONE, OTHER)] == ["ticket 12", "not connected yet"]
    assert known.of("ops/b.yaml::o365") is None


@pytest.mark.parametrize("text", ["", "# nothing is known to fail\n\n"])
def test_a_file_without_entries_expects_nothing(read, text):
    assert read(text).entries == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "known.yaml:1:1: a map from item ids to reasons is meant, not a list"),
        ("a: \n", "known.yaml:1:1: 'a' needs a reason, not nothing"),
        ("a: ''\n", "known.yaml:1:1: 'a' needs a reason"),
        ("a: [b]\n", "known.yaml:1:1: 'a' needs a reason, not a list"),
        ("a: x\na: y\n", "known.yaml:2:1: duplicate key 'a'"),
        ("*a: x\n", "known.yaml:1:1: aliases (*a) are not part of the language"),
    ],
)
def test_what_is_wrong_with_the_file_is_told_with_its_place(read, text, told):
    with pytest.raises(Unusable) as caught:
        read(text)

    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Unusable, match=r"none\.yaml: No such file"):
        load(tmp_path / "none.yaml")


def test_an_entry_about_no_item_is_told_with_the_nearest(read):
    known = read(f"{ONE}: x\nops/b.yaml::bax: y\n'*::slack': z\n")

    with pytest.raises(Unusable) as caught:
        known.refuse_idle([ONE, OTHER])

    assert str(caught.value).splitlines() == [
        f"known.yaml:2:1: unknown item 'ops/b.yaml::bax'; nearest: {OTHER}",
        f"known.yaml:3:1: unknown item '*::slack'; known: {ONE}, {OTHER}",
    ]


def test_a_name_with_brackets_is_itself_and_no_pattern(read):
    assert read('"a.yaml::x[1]": y\n').of("a.yaml::x[1]").reason == "y"
