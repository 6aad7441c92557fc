"""A run as Markdown: for a job's summary page, or a comment on a change."""

import re
from collections.abc import Iterator, Sequence

from .results import BAD, EXPECTED_FAILURE, FAILED, NOT_APPLICABLE, Result, Results

MAX_BYTES = 900_000  # a step's summary on GitHub may have 1 MiB
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits

WORDS = {
    "held": "held",
    "failed": "failed",
    "timed_out": "timed out",
    "unexpected_pass": "unexpectedly held",
    "expected_failure": "failing as expected",
    "not_applicable": "not applicable",
    "not_run": "not run",
}


def summary(results: Results) -> str:
    """Counts, a table of what fails and why, then every report, as far as there is room."""
    parts = list(_head(results))
    room = MAX_BYTES - sum(map(_size, parts))
    failing = results.with_status(*BAD)
    for number, result in enumerate(failing):
        report = _report(result)
        room -= _size(report)
        if room < 0:
            left = len(failing) - number
            parts.append(f"{left} more reports have no room here: see `--artifacts`.\n")
            break
        parts.append(report)
    return "\n".join(parts)


def _size(text: str) -> int:
    return len(text.encode()) + 1


def _head(results: Results) -> Iterator[str]:
    mark = "✅" if results.exit_status == 0 else "❌"
    shard = f" (shard {results.shard})" if results.shard else ""
    yield f"## {mark} Pushproof: {_counts(results)}{shard}\n"
    failing = results.with_status(*BAD)
    if failing:
        yield _table(("Item", "What", "Probable cause"), [_row(result) for result in failing])
    for title, status in (
        ("Failing as expected", EXPECTED_FAILURE),
        ("Not applicable", NOT_APPLICABLE),
    ):
        rows = [(_code(one.id), _cell(one.ended.reason)) for one in results.with_status(status)]
        if rows:
            yield _details(title, _table(("Item", "Reason"), rows))
    for trouble in results.troubles:
        yield _fenced(trouble)


def _counts(results: Results) -> str:
    counts = results.counts()
    return ", ".join(f"{counts[s]} {word}" for s, word in WORDS.items() if counts[s]) or "no items"


def _row(result: Result) -> tuple[str, str, str]:
    causes = dict.fromkeys(_why(cause["cause"], cause["fix"]) for cause in result.ended.causes)
    what = result.title
    if result.ended.status != FAILED:
        what = f"{what} ({WORDS[result.ended.status]})"
    return _code(result.id), _cell(what), "<br>".join(causes) or "-"


def _why(cause: str, fix: str) -> str:
    return f"{_cell(cause)}; fix: {_cell(fix)}" if fix else _cell(cause)


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


def _cell(text: str) -> str:
    flat = " ".join(text.split())
    return re.sub(r"([\\|<>*_`\[\]])", r"\\\1", flat)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _report(result: Result) -> str:
    return _details(f"<code>{_html(result.id)}</code>", _fenced(result.ended.failure))


def _details(title: str, inside: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{inside}\n</details>\n"


def _fenced(text: str) -> str:
    """The text as it is, whatever fences stand in it."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
