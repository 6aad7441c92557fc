"""scenarios/OKTA.md: what Okta's pages say and the files that show it, from `sentences`.

`python -m tests.catalogue.okta_pages` writes it anew; a test checks that nobody forgot.
"""

from collections.abc import Iterator
from itertools import groupby

from harness import world
from harness.scenario.language import load
from tests.catalogue.sentences import SENTENCES, Page, Sentence
from tests.repo.tree import ROOT

FOLDER = ROOT / "scenarios"
PAGE = FOLDER / "OKTA.md"
START, END = "<!-- sentences:start -->", "<!-- sentences:end -->"


def kinds(sentence: Sentence) -> list[str]:
    """The kinds of app on which some file shows the sentence."""
    files = [load(FOLDER / f"{name}.yaml", world) for name in sentence.files]
    return sorted({kind for file in files for lineup in file.lineups for kind in lineup.kinds})


def updated(text: str) -> str:
    """The page with its tables as they are now."""
    before, _, rest = text.partition(START)
    return f"{before}{START}\n{tables()}\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    """A part per page, a table per section."""
    return "\n\n".join(
        part
        for page, of_page in groupby(SENTENCES, lambda one: one.page)
        for part in _part(page, list(of_page))
    )


def _part(page: Page, sentences: list[Sentence]) -> Iterator[str]:
    yield f"## {page.title}"
    yield "\n".join(f"<{part}>" if len(page.parts) == 1 else f"- <{part}>" for part in page.parts)
    for section, rows in groupby(sentences, lambda one: one.section):
        yield f"### {section}"
        yield "\n".join(["| It says | Shown by | On |", "| --- | --- | --- |", *map(_row, rows)])


def _row(sentence: Sentence) -> str:
    links = "<br>".join(f"[{name}]({name}.yaml)" for name in sentence.files)
    everywhere = kinds(sentence) == world.app_kinds()
    return f"| {sentence.says} | {links} | {'all' if everywhere else ', '.join(kinds(sentence))} |"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
