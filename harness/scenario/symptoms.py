"""Finding scenarios by symptom: "removed user still there", "group arrives empty", "T40".

Words are compared by their stems and by what they stand for; a word counts for more in a title
than in a comment, and a rare word for more than a common one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from math import log
from pathlib import Path
from typing import Any

from .catalogue import place
from .language import shown
from .tree import parse, plain

# A symptom that takes several words, as one word. "Does not arrive" has three of its own.
PHRASES = (
    (r"\bstill (?:there|in|has|have|shows?|listed|an?)\b", " stay "),
    (r"\b(?:not|never|isn't|wasn't) (?:removed|gone|taken out)\b", " remove stay "),
    (r"\bleft (?:behind|over)\b", " stay "),
    (
        r"(?:\b(?:not|never|no longer)|n't) (?:arrive|appear|show|come|there|synced|added)\w*",
        " lack ",
    ),
    (r"\bleft out\b", " lack "),
    (r"\brate limit\w*|\btoo many requests\b", " throttle "),
    (r"\btim(?:e|ed|es) out\b|\btime-out\w*", " timeout "),
    (r"\baccess (?:is )?denied\b", " permission "),
)
SAME = (
    "user member account person people",
    "stay remain keep linger persist leftover",
    "lack missing absent empty without",
    "remove leave left",
    "deactivate suspend disable inactive",
    "unassign deprovision",
    "throttle ratelimit 429",
    "credential token secret password unauthorized 401",
    "permission right privilege consent forbidden 403",
    "duplicate twice double second twin",
    "restore undelete recover",
    "unavailable 502 503 outage offline",
    "o365 office365 microsoft graph entra azure",
    "gsuite google workspace",
    "ad active_directory ldap",
)
STOP_WORDS = (
    "a after all an and are as at be been but by do does for from has have he her his i if in into "
    "is it its me my of on or our she so some that the their them then there they this to was we "
    "when which who why with yet you"
)
WEIGHTS = {"cases": 9, "title": 6, "file": 5, "because": 2, "comments": 2, "steps": 1, "source": 1}
ENOUGH = 0.45  # the share of what was asked that a scenario must have
BEST = 10


@dataclass(frozen=True)
class Found:
    """A scenario file as a list of cases shows it."""

    file: str
    title: str
    cases: tuple[str, ...]
    apps: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A file and, for each field, the concepts in it."""

    found: Found
    concepts: Mapping[str, frozenset[str]]

    def weight(self, concept: str) -> int:
        return sum(WEIGHTS[field] for field, inside in self.concepts.items() if concept in inside)

    def has(self, concept: str) -> bool:
        return any(concept in inside for inside in self.concepts.values())


@dataclass(frozen=True)
class Index:
    """Every file that is searched."""

    entries: Sequence[Entry]
    words: frozenset[str]  # as written, for hints

    def search(self, asked: str) -> list[Found]:
        """The best matches, best first. What no file is about is passed over, if it is little."""
        everything = sorted(concepts(asked))
        wanted = [one for one in everything if any(entry.has(one) for entry in self.entries)]
        if not wanted or 2 * len(wanted) < len(everything):
            return []
        rarity = {one: self._rarity(one) for one in wanted}
        ranked = []
        for entry in self.entries:
            share = sum(rarity[one] for one in wanted if entry.has(one)) / sum(rarity.values())
            if share >= ENOUGH:
                score = share * sum(rarity[one] * entry.weight(one) for one in wanted)
                ranked.append((-score, entry.found.file, entry.found))
        return [found for _, _, found in sorted(ranked, key=lambda row: row[:2])[:BEST]]

    def _rarity(self, concept: str) -> float:
        holding = sum(entry.has(concept) for entry in self.entries)
        return log(1 + len(self.entries) / (1 + holding))

    def nearest(self, asked: str) -> list[str]:
        """Known words like those asked for that nothing is known about."""
        words = [word for word in _words(asked) if _stem(word) not in map(_stem, self.words)]
        near = [get_close_matches(word, sorted(self.words), 1, 0.75) for word in words]
        return [one for found in near for one in found]


def index(paths: Iterable[Path]) -> Index:
    """Read the files; Broken where one is no YAML."""
    entries, words = [], set()
    for path in paths:
        text = path.read_text("utf-8")
        fields = _fields(text, path)
        words |= {word for field in ("title", "file") for word in _words(fields[field])}
        inside = {name: frozenset(concepts(told)) for name, told in fields.items()}
        entries.append(Entry(_found(text, path), inside))
    return Index(entries, frozenset(words))


def concepts(text: str) -> set[str]:
    """What a text is about: stems, and one word for all that mean the same."""
    told = text.lower().replace("\u2019", "'")
    for pattern, word in PHRASES:
        told = re.sub(pattern, word, told)
    return {_canonical().get(stem, stem) for stem in map(_stem, _words(told))}


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word not in _stop_words()]


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(STOP_WORDS.split())


@cache
def _canonical() -> Mapping[str, str]:
    groups = [group.split() for group in SAME]
    return {_stem(word): _stem(group[0]) for group in groups for word in group}


def _stem(word: str) -> str:
    """A word without its ending; only good for comparing."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e")
    return f"{word[:-1]}i" if word.endswith("y") else word


# --- one file ------------------------------------------------------------------------------------


def _read(text: str, path: Path) -> dict[str, Any]:
    tree = plain(parse(text, shown(path)))
    return tree if isinstance(tree, dict) else {}


def _found(text: str, path: Path) -> Found:
    keys = _read(text, path)
    return Found(
        file=place(path),
        title=str(keys.get("title", "")),
        cases=tuple(map(str, _listed(keys.get("case")))),
        apps=tuple("+".join(a) if isinstance(a, dict) else str(a) for a in _listed(keys["apps"])),
    )


def _fields(text: str, path: Path) -> dict[str, str]:
    keys = _read(text, path)
    steps = [step if isinstance(step, dict) else {step: None} for step in keys.get("steps", [])]
    becauses = [
        keys.get("because"),
        *_listed(keys.get("unsure")),
        *(s.get("because") for s in steps),
    ]
    return {
        "cases": " ".join(map(str, _listed(keys.get("case")))),
        "title": str(keys.get("title", "")),
        "file": f"{path.parent.name} {path.stem}".replace("-", " "),
        "because": " ".join(str(told) for told in becauses if told),
        "comments": " ".join(_comments(text)),
        "steps": " ".join(str(verb).replace("_", " ") for step in steps for verb in step),
        "source": str(keys.get("source", "")),
    }


def _comments(text: str) -> Iterator[str]:
    return (line.partition("# ")[2] for line in text.splitlines() if "# " in line)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
