"""Which files are meant: paths a user names, or the shipped catalogue."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..errors import Unusable

SUFFIXES = (".yaml", ".yml")


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


def _root(path: str) -> Path:
    here = Path(path)
    if here.exists():
        return here.resolve() if ".." in here.parts else here.absolute()
    there = shipped() / path
    if there.exists():
        return there
    raise Unusable(f"{path}: no such file or folder, neither here nor in the shipped catalogue")


def _below(root: Path) -> list[Path]:
    if root.is_file():
        if root.suffix not in SUFFIXES:
            raise Unusable(f"{root}: a scenario's name ends in .yaml")
        return [root]
    found = [p for p in root.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    if not found:
        raise Unusable(f"{root}: no scenario (*.yaml) in this folder")
    return found
