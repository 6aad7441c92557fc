"""`python -m harness` is `pushproof`. A server is up before what only a run needs is imported."""

import sys


def main() -> None:
    """The command line, see `harness.cli`."""
    if sys.argv[1:2] == ["serve"]:
        from .serve_command import serve  # noqa: PLC0415 - see above

        serve(args=sys.argv[2:], prog_name="pushproof serve")
    from .cli import main as everything  # noqa: PLC0415 - see above

    everything(prog_name="pushproof")


if __name__ == "__main__":
    main()
