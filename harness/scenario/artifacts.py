"""What is kept of a failing item: its report in full, its calls, and the scenario itself."""

from pathlib import Path

from .play import Play
from .selection import artifact_name, item_id, plain


def keep(root: Path, play: Play, told: str) -> None:
    """A folder for the item: report.txt, <app>.jsonl, and the scenario under its own name."""
    path = play.scenario.path
    folder = root / artifact_name(item_id(path, play.lineup.name))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "report.txt", f"{told}\n")
    (folder / path.name).write_bytes(path.read_bytes())
    if hasattr(play, "world"):
        for label, text in play.ledgers().items():
            _write(folder / f"{plain(label)}.jsonl", text)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
