"""`python -m harness` is `pushproof`."""

from .cli import main

main()
