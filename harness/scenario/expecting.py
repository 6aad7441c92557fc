"""An `expect` step: which witnesses are asked for what, and where they disagree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .here import Here
from .judge import Disagreement
from .kinds import Schema
from .marks import Word, expectations
from .position import Position
from .reader import Reader
from .tree import Leaf, Node, Pairs


@dataclass(frozen=True)
class Wanted:
    """One expectation of a step."""

    at: Position
    word: Word
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Expectations:
    """A map from witnesses to what they must say."""

    def read(self, node: Node, reader: Reader) -> tuple[Wanted, ...]:
        if not isinstance(node, Pairs) or not node.pairs:
            reader.wrong(node, f"a map of expectations: {', '.join(expectations())}")
            return ()
        return tuple(
            wanted for key, value in node.pairs if (wanted := self._one(key, value, reader))
        )

    def _one(self, key: Leaf, value: Node, reader: Reader) -> Wanted | None:
        word = expectations().get(key.text)
        if word is None:
            reader.problems.unknown(key.at, f"expectation '{key.text}'", expectations())
            return None
        arguments = word.read(value, reader)
        return None if arguments is None else Wanted(key.at, word, arguments)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {name: word.schema() for name, word in expectations().items()},
            "additionalProperties": False,
            "minProperties": 1,
        }


def disagreements(here: Here, wanted: Iterable[Wanted]) -> Iterator[Disagreement]:
    """Ask each witness in turn."""
    for one in wanted:
        for found in one.word.perform(here, one.arguments):
            yield replace(found, at=one.at)
