"""The tables in scenarios/README.md, made from the language itself.

`python -m tests.scenario.language_tables` writes them anew; a test checks that nobody forgot.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.scenario import kinds
from harness.scenario.expecting import Expectations
from harness.scenario.language import Given, Keys, StepKeys, TargetGiven
from harness.scenario.marks import Word, expectations, verbs
from harness.scenario.shapes import Field, Record, Shape, shape_of
from tests.repo.tree import ROOT

README = ROOT / "scenarios" / "README.md"


def tables() -> dict[str, str]:
    """Table by the name of its markers."""
    return {
        "keys": _fields(shape_of(Keys)),
        "given": _fields(shape_of(Given)),
        "given-target": _fields(shape_of(TargetGiven)),
        "step-keys": _fields(shape_of(StepKeys)),
        "verbs": _words(verbs(), "Verb"),
        "expectations": _words(expectations(), "Witness"),
    }


def _fields(shape: Shape) -> str:
    rows = [f"| `{field.key}` | {_cell(field.doc)} |" for field in shape.fields]
    return "\n".join(["| Key | What it holds |", "| --- | --- |", *rows])


def _words(words: Mapping[str, Word], title: str) -> str:
    rows = [f"| `{word.name}` | {_arguments(word)} | {_told(word)} |" for word in words.values()]
    return "\n".join([f"| {title} | Takes | |", "| --- | --- | --- |", *rows])


def _arguments(word: Word) -> str:
    """The keys of a map, optional ones in brackets; or the value, where a word takes just one."""
    fields = word.shape.fields
    if len(fields) == 1 and not fields[0].is_named and _record(fields[0].kind) is None:
        return f"`{_cell(_written(fields[0].kind))}`"
    names = [field.key if field.is_required else f"[{field.key}]" for field in _shown(word)]
    return f"`{', '.join(names)}`" if names else ""


def _written(kind: Any) -> str:  # noqa: PLR0911 - one line per kind
    """A value of that kind, as one writes it."""
    match kind:
        case kinds.Many(of=one):
            return f"{_written(one)} or [{_written(one)}, ...]"
        case kinds.Rows(of=one):
            return f"[{_written(one)}, ...]"
        case kinds.Table(key=key, value=value):
            return f"{{{_written(key)}: {_written(value)}}}"
        case kinds.WordOr(words=words, other=other):
            return " or ".join([*words, _written(other)])
        case kinds.Choice(options=options):
            return " or ".join(options)
        case kinds.Duration(words=words):
            return " or ".join(["10m", *words])
        case kinds.Name(room=room) | kinds.New(room=room):
            return room
        case kinds.DirectoryOnly(ou=one):
            return _written(one)
        case Record(of=record):
            first, *_ = shape_of(record).fields
            return f"{_written(first.kind)} or map"
    return NAMES[type(kind)]


NAMES = {
    kinds.Text: "text",
    kinds.Flag: "true or false",
    kinds.Quirks: "{quirk: on or off}",
    kinds.OktaSettings: "{setting: value}",
    kinds.TargetSettings: "{setting: value}",
    Expectations: "{witness: what it must say}",
}


def _told(word: Word) -> str:
    options = [(field.key, _cell(_option(field))) for field in _shown(word)]
    return "<br>".join([_cell(word.doc), *(f"`{key}`: {told}" for key, told in options if told)])


def _option(field: Field) -> str:
    """What a key is for, and the words it takes."""
    words = ", ".join(field.kind.options) if isinstance(field.kind, kinds.Choice) else ""
    return f"{field.doc} ({words})" if field.doc and words else field.doc or words


def _shown(word: Word) -> Iterable[Field]:
    """The keys a user may write: parameters, or the fields of a record below the names."""
    fields = word.shape.fields
    if len(fields) == 1 and not fields[0].is_named:
        record = _record(fields[0].kind) or _record(getattr(fields[0].kind, "value", None))
        record = record or _record(getattr(fields[0].kind, "of", None))
        return shape_of(record).fields if record else ()
    return fields


def _record(kind: Any) -> type | None:
    return kind.of if isinstance(kind, Record) else None


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def updated(text: str) -> str:
    """The page with every table between its markers as it is now."""
    for name, table in tables().items():
        start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
        before, _, rest = text.partition(start)
        assert rest, f"{README} has no {start}"
        text = f"{before}{start}\n{table}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    README.write_text(updated(README.read_text("utf-8")), "utf-8")
