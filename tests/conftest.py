"""Settings every test runs under, and what they counted."""

from collections import Counter
from typing import Any

from hypothesis import settings

settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
settings.load_profile("same every time")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Sums of what tests have recorded as counted: a crash point that is not tried is missed."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counted.update({name: n for name, n in report.user_properties if name.startswith("tried ")})
    for name, count in sorted(counted.items()):
        terminalreporter.write_line(f"{name}: {count:,}")
