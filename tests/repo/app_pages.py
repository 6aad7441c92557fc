"""What the pages say about the apps, made from what the apps declare. Run me to write it.

README.md gets one table of apps; each app's page its operations, quirks, settings and limits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from fake_apps import AppSpec, load, names
from fake_apps.core.refusal import refusals

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """A file, the markers between which it is generated, and what must stand there."""

    path: Path
    start: str
    end: str
    wanted: str

    @property
    def shown(self) -> str:
        """What stands between the markers now."""
        return self._text().partition(self.start)[2].partition(self.end)[0].strip()

    def renew(self) -> None:
        before, after = self._text().partition(self.start)[0], self._text().partition(self.end)[2]
        renewed = f"{before}{self.start}\n{self.wanted}\n{self.end}{after}"
        self.path.write_text(renewed, "utf-8")

    def _text(self) -> str:
        return self.path.read_text("utf-8")


def pages() -> list[Page]:
    specs = [load(name) for name in names()]
    first = Page(ROOT / "README.md", "<!-- apps:start -->", "<!-- apps:end -->", _apps(specs))
    return [first, *map(_own_page, specs)]


def _own_page(spec: AppSpec) -> Page:
    path = ROOT / "fake_apps" / spec.name / "README.md"
    sections = (
        _operations(spec),
        _quirks(spec),
        _refusals(spec),
        _profiles(spec),
        _settings(spec),
        _limits(spec),
    )
    wanted = "\n\n".join(section for section in sections if section)
    return Page(path, "<!-- generated: begin -->", "<!-- generated: end -->", wanted)


def _apps(specs: Iterable[AppSpec]) -> str:
    return _table(
        ("App", "`load(...)`", "Hosts", "Operations", "Quirks"),
        (
            (
                f"[{spec.title}](fake_apps/{spec.name}/README.md)",
                f"`{spec.name}`",
                ", ".join(f"`{host}`" for host in spec.hosts),
                str(len(spec.create().operations())),
                str(len(spec.quirks)),
            )
            for spec in specs
        ),
    )


def _operations(spec: AppSpec) -> str:
    operations = sorted(spec.create().operations().items())
    rows = ((f"`{name}`", "<br>".join(f"`{one}`" for one in forms)) for name, forms in operations)
    return "## Operations\n\n" + _table(("Operation", "Answers"), rows)


def _quirks(spec: AppSpec) -> str:
    """The quirks, each with its switch, how sure we are, and where it is known from."""
    rows = (
        (
            f"`{quirk.id}`",
            quirk.sentence,
            "on" if quirk.default else "off",
            quirk.mark,
            quirk.source,
        )
        for quirk in spec.quirks
    )
    return "## Quirks\n\n" + _table(("Id", "What happens", "Default", "Mark", "Source"), rows)


def _refusals(spec: AppSpec) -> str:
    """What is refused, by the name of its function in errors.py."""
    errors = import_module(f"fake_apps.{spec.name}.errors")
    rows = [(f"`{each.id}`", each.sentence, each.mark, each.source) for each in refusals(errors)]
    return "## Refused\n\n" + _table(("Id", "When", "Mark", "Source"), rows) if rows else ""


def _profiles(spec: AppSpec) -> str:
    rows = [
        (
            f"`{name}`",
            profile.title,
            ", ".join(
                [
                    *(f"`{quirk.id}`" for quirk in profile.quirks),
                    *(f"{key} {value:g}" for key, value in profile.numbers.items()),
                ]
            ),
        )
        for name, profile in spec.profiles.items()
    ]
    return (
        "## Profiles of products\n\n" + _table(("Profile", "Product", "Has"), rows) if rows else ""
    )


def _settings(spec: AppSpec) -> str:
    rows = [(f"`{n}`", f"`{s.default!r}`", s.sentence) for n, s in spec.settings.items()]
    return "## Settings\n\n" + _table(("Setting", "Default", "Meaning"), rows) if rows else ""


def _limits(spec: AppSpec) -> str:
    rows = [(f"`{m.name}`", f"{m.capacity:g} per {m.window_s:g} s", m.source) for m in spec.limits]
    return "## Limits\n\n" + _table(("Limit", "Units", "Source"), rows) if rows else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


if __name__ == "__main__":
    for page in pages():
        page.renew()
