"""The push engine: takes the org's jobs, plans, speaks through adapters, commits call by call."""

from .engine import Engine
from .operator import LocalOperator

__all__ = ["Engine", "LocalOperator"]
