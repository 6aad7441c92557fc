"""What belongs to the repository: the files on disk without what tools leave behind."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_BEHIND = {".git", ".venv", ".lock", ".hypothesis", "build", "dist", "__pycache__"}


def files(*suffixes: str) -> list[Path]:
    """Files of the repository, sorted; all of them, or those with one of the suffixes."""
    found = (path for path in _walk() if not suffixes or path.suffix in suffixes)
    return sorted(found)


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not _is_left_behind(name)]
        # `.git` is a file where the tree is one of several of a repository.
        yield from (Path(folder, name) for name in names if name not in LEFT_BEHIND)


def _is_left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or name.endswith(("_cache", ".egg-info"))


def ids(path: Path) -> str:
    """The path as a test's name shows it."""
    return path.relative_to(ROOT).as_posix()
