"""The asserts of checks speak as those of tests do."""

from pathlib import Path

import pytest

_NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))

pytest.register_assert_rewrite(
    *(f"tests.contract.{name}" for name in _NAMES if name == "bench" or name.startswith("checks_"))
)
