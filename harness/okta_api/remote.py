"""Targets that another process serves: the vendor's hosts, answered at one address.

An adapter goes on calling its vendor; what it sends is carried to where that vendor's fake is.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from ..errors import Unusable
from .hosting import HostedTarget


def remote_target(
    kind: str, told: Mapping[str, Any], hosts: Iterable[str], *, ca_file: str | None = None
) -> HostedTarget:
    """The target of one entry in a document of `serve --ready`."""
    try:
        base_url, credentials = str(told["base_url"]), dict(told["credentials"])
    except (KeyError, TypeError, ValueError) as fault:
        raise Unusable(f"{kind}: neither base_url nor credentials is told of it") from fault
    session = requests.Session()
    session.trust_env = False
    session.verify = ca_file or True
    carry = partial(_carry, session, base_url)
    known = [*hosts, urlsplit(base_url).netloc.lower()]
    return HostedTarget(kind, lambda: credentials, dict.fromkeys(known, carry))


def _carry(
    session: requests.Session,
    base_url: str,
    request: requests.PreparedRequest,
    timeout_s: float | None,
) -> requests.Response:
    """Send a vendor's request to the one address that its fake is served at."""
    assert request.url is not None, "a prepared request has an address"
    there, asked = urlsplit(base_url), urlsplit(request.url)
    sent = request.copy()
    sent.headers.pop("Host", None)
    sent.url = urlunsplit((there.scheme, there.netloc, asked.path, asked.query, ""))
    return session.send(sent, timeout=timeout_s, allow_redirects=False)
