"""The whole catalogue over HTTP against our own engine: `python -m tests.remote [PATH]...`.

Serves the org and all fakes on ports, plays every item on them, and fails where an item fails or
more than a tenth is not applicable. Takes about a second for each item.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from harness import world
from harness.cli import main
from tests.remote.mounted import served

MOST_UNFIT = 0.1


def play(paths: list[str], folder: Path) -> int:
    """The exit status of the run, or 1 where too many items were set aside."""
    with served(folder, *world.app_kinds()) as (url, token, ready):
        out = folder / "result.json"
        words = ["run", *paths, "--engine", url, "--ready", str(ready), "--json", str(out)]
        ended = CliRunner().invoke(main, words, env={"PUSHPROOF_TOKEN": token})
        sys.stdout.write(ended.output)
        if ended.exit_code:
            return int(ended.exit_code)
        counts = json.loads(out.read_text())["counts"]
    unfit = counts["not_applicable"] / sum(counts.values())
    sys.stdout.write(f"{unfit:.1%} of the items are not applicable\n")
    return int(unfit > MOST_UNFIT)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="pushproof-") as made:
        sys.exit(play(sys.argv[1:], Path(made)))
