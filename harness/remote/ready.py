"""The document of `pushproof serve --ready`: where the fakes are that an engine pushes to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Unusable
from ..served_target import ServedTarget

SCHEMA = 1
OKTA = "okta"
NEEDED = ("control_url", "control_token")


@dataclass(frozen=True)
class Ready:
    """The served apps by kind; `instances` are ids of ready app instances in the org, by kind."""

    file: Path
    apps: Mapping[str, Mapping[str, Any]]
    ca_file: str | None
    instances: Mapping[str, str] = field(default_factory=dict)

    def target(self, label: str, kind: str) -> ServedTarget:
        """The fake of a kind, under an item's own name of it."""
        return ServedTarget(label, self.apps[kind], ca_file=self.ca_file)

    def refuse_missing(self, kinds: Iterable[str]) -> None:
        """Unusable if something to be played on is not served."""
        lacking = sorted(set(kinds) - set(self.apps))
        if lacking:
            told = ", ".join(sorted(self.apps)) or "none"
            raise Unusable(
                f"--ready {self.file}: {', '.join(lacking)} not served there (served: {told}); "
                "serve it too, or choose others with --app"
            )


def read(file: Path) -> Ready:
    """Read the document; Unusable where it is none."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise _unfit(file, "no JSON") from fault
    if not isinstance(told, dict) or not isinstance(told.get("apps"), dict):
        raise _unfit(file, "it has no apps")
    if told.get("schema") != SCHEMA:
        raise _unfit(file, f"its schema is {told.get('schema')!r}, not {SCHEMA}")
    apps = dict(told["apps"])
    okta = apps.pop(OKTA, {})
    for kind, one in apps.items():
        if not isinstance(one, dict) or not all(isinstance(one.get(n), str) for n in NEEDED):
            raise _unfit(file, f"{kind} lacks {' or '.join(NEEDED)}")
    instances = okta.get("apps") if isinstance(okta, dict) else None
    ca_file = told.get("ca_file")
    return Ready(file, apps, ca_file, instances if isinstance(instances, dict) else {})


def _unfit(file: Path, why: str) -> Unusable:
    return Unusable(f"--ready {file}: not what pushproof serve --ready writes: {why}")
