"""The table of apps in README.md, made from what the apps declare. Run me to write it."""

from pathlib import Path

from fake_apps import AppSpec, load, names

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
START, END = "<!-- apps:start -->", "<!-- apps:end -->"


def table() -> str:
    head = [
        "| App | `load(...)` | Hosts | Operations | Quirks |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [_row(load(name)) for name in names()])


def _row(spec: AppSpec) -> str:
    hosts = ", ".join(f"`{host}`" for host in spec.hosts)
    title = f"[{spec.title}](fake_apps/{spec.name}/README.md)"
    operations = len(spec.create().operations())
    return f"| {title} | `{spec.name}` | {hosts} | {operations} | {len(spec.quirks)} |"


def shown(text: str) -> str:
    """What stands between the markers now."""
    return text.partition(START)[2].partition(END)[0].strip()


def renewed(text: str) -> str:
    before, after = text.partition(START)[0], text.partition(END)[2]
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
