"""An engine behind Okta's API, played against fakes that are served: the catalogue over HTTP."""

from .engine import ENGINE, Engine, connect

__all__ = ["ENGINE", "Engine", "connect"]
