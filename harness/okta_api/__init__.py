"""The Okta-compatible REST API of an org and its engine, and what Okta has in its console."""

from .face import Api
from .service import Connected, Connector, Service
from .tokens import READ, ROLES

__all__ = ["READ", "ROLES", "Api", "Connected", "Connector", "Service"]
