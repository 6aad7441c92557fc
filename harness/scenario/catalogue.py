"""Which files are meant: paths a user names, or the shipped catalogue."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

from ..errors import Unusable

SUFFIXES = (".yaml", ".yml")
READ_AS_ADDRESS = ("::", "[")  # pytest takes what follows in a path for a part of the file


@cache
def shipped() -> Path:
    """The folder of shipped scenarios: in the wheel inside `harness`, in a checkout beside it."""
    room = Path(__file__).absolute().parents[1]
    for folder in (room / "scenarios", room.parent / "scenarios"):
        if any(folder.glob("*/*.yaml")):
            return folder
    raise Unusable("the shipped scenarios are not there: the installation is incomplete")


def find(paths: Sequence[str]) -> list[Path]:
    """Every scenario file below the paths (the whole catalogue for none), each once, sorted.

    A path that is not there is looked for in the shipped catalogue.
    """
    found: dict[Path, None] = {}
    for root in [_root(path) for path in paths] or [shipped()]:
        found.update(dict.fromkeys(_below(root)))
    _refuse_addresses(found)
    return sorted(found)


def place(path: Path) -> str:
    """Where a file stands in the catalogue, or else below this folder: the same everywhere."""
    full = path.absolute()
    for root in (_shipped_if_any(), Path.cwd()):
        if root is not None and root in full.parents:
            return full.relative_to(root).as_posix()
    return full.as_posix()


def _shipped_if_any() -> Path | None:
    try:
        return shipped()
    except Unusable:
        return None


def _refuse_addresses(paths: Iterable[Path]) -> None:
    for path in paths:
        for mark in READ_AS_ADDRESS:
            if mark in str(path):
                raise Unusable(f"{path}: {mark!r} in a path cannot be run: rename file or folder")


def _root(path: str) -> Path:
    if not path:
        raise Unusable("an empty path: name a file or a folder, or nothing for what is shipped")
    here = Path(path)
    if here.exists():
        return here.resolve() if ".." in here.parts else here.absolute()
    there = shipped() / path
    if there.exists():
        return there
    raise Unusable(f"{path}: no such file or folder, neither here nor in the shipped catalogue")


def _below(root: Path) -> list[Path]:
    if root.is_dir():
        found = list(_in_folder(root))
        if not found:
            raise Unusable(f"{root}: no scenario (*.yaml) in this folder")
        return found
    if not root.is_file():
        raise Unusable(f"{root}: neither a file nor a folder")
    if root.suffix not in SUFFIXES:
        raise Unusable(f"{root}: a scenario's name ends in .yaml")
    return [root]


def _in_folder(root: Path) -> Iterator[Path]:
    """Scenario files at any depth; hidden folders (.venv, .git) hold none."""
    for folder, inner, names in os.walk(root, onerror=_raise):
        inner[:] = [name for name in inner if not name.startswith(".")]
        files = (Path(folder, name) for name in names)
        yield from (file for file in files if file.suffix in SUFFIXES and file.is_file())


def _raise(error: OSError) -> NoReturn:
    """A folder that cannot be read is told, not passed over."""
    raise error
