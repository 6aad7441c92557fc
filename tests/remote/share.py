"""A share of the catalogue, played over HTTP in a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from harness import cli, world
from tests.remote.mounted import served


@dataclass(frozen=True)
class Played:
    """A share of the items: the exit status, what was printed, and how many came to what."""

    status: int
    output: str
    counts: Mapping[str, int]


def play(paths: Sequence[str], shard: str) -> Played:
    """A share of the items, against an org and fakes of its own."""
    with TemporaryDirectory(prefix="pushproof-") as made:
        folder = Path(made)
        with served(folder, *world.app_kinds()) as (url, token, ready):
            out = folder / "result.json"
            words = ["run", *paths, "--engine", url, "--ready", str(ready), "--json", str(out)]
            words += ["--shard", shard]
            ended = CliRunner().invoke(cli.main, words, env={"PUSHPROOF_TOKEN": token})
        counts = json.loads(out.read_text())["counts"] if out.exists() else {}
    return Played(ended.exit_code, ended.output, counts)
