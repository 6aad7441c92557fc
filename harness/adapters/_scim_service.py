"""A SCIM 2.0 provider as adapters speak to it: calls, pages, refusals, in two habits of the wire.

`frugal` makes the fewest calls. `okta` repeats what Okta's own SCIM connector was seen to send:
https://developer.okta.com/docs/reference/scim/scim-20 and, for batches of 256,
https://github.com/ory/polis/issues/4080. A vendor's adapter brings its address, its limits and its
error codes.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from ..errors import TargetError
from ..ports import Connection
from ._answers import Answer, Meaning, Request, kind_of
from ._api import Api, Listing, Page
from ._http import Reply, unreadable
from ._http import field as value
from ._tokens import GivenToken

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OKTA = "okta"
OKTA_PAGE, OKTA_BATCH = 100, 256
FEW = 100

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Dialect:
    """Everything about one provider that the shared part must know.

    `read_code` finds code and sentence of a refusal; `codes` says what they mean, and the status
    decides about any other. `most` is how many users one request may name, `page` a list's page.
    `group_key` is the attribute in which a group has its mapping's key, where there is one;
    `member_type` is what members are told to be, where that is told. With
    `puts_groups` every change of a group is a PUT of all of it, as Okta's custom apps send it.
    """

    base_url: str
    token: str
    read_code: Callable[[Reply], tuple[str, str]]
    codes: Mapping[str, Meaning] = field(default_factory=dict)
    most: int = 1000
    page: int = 100
    group_key: str = ""
    member_type: str = ""
    puts_groups: bool = False


class Service:
    """One provider, and the habits in which it is spoken to.

    `displays` are addresses of accounts as far as they were met: Okta sends them with its members.
    """

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.api = Api(connection, dialect.base_url, GivenToken(dialect.token), self._explain)
        self.dialect = dialect
        self.is_okta = connection.wire == OKTA
        self._most = dialect.most
        self.displays: dict[str, str] = {}

    @property
    def batch(self) -> int:
        return min(OKTA_BATCH, self.dialect.most) if self.is_okta else self._most

    def may_be_too_many(self, answer: Answer, count: int) -> bool:
        """Whether a refusal may be for the number of members alone; from now on it is fewer.

        The standard has no word for it. A hundred is what those allow who tell a limit:
        https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html
        """
        if self.is_okta or answer.status not in (400, 413) or count <= FEW:
            return False
        if answer.is_about_member:
            return False
        self._most = FEW
        return True

    def pages(self, path: str, where: str = "") -> Iterator[Page]:
        """Each page of a list. `totalResults` may change between pages."""
        chosen = f"filter={quote(where, safe='')}&" if where else ""
        size = OKTA_PAGE if self.is_okta else self.dialect.page

        def ask(start: int) -> Request:
            return Request("GET", f"{path}?{chosen}startIndex={start}&count={size}")

        return self.api.pages(Listing(1, ask, _turn))

    def _explain(self, request: Request, reply: Reply) -> Meaning:
        code, message = self.dialect.read_code(reply)
        by_status = Meaning(kind_of(reply.status, "", {}), request.addresses)
        meaning = self.dialect.codes.get(code, by_status)
        return replace(meaning, code=code, message=message)


def _turn(answer: Answer, start: int) -> tuple[Any, int | None] | TargetError:
    resources, total = value(answer.body, "Resources"), answer.value("totalResults", int)
    if resources is None and total == 0:
        return [], None
    if total is None or not isinstance(resources, list):
        return unreadable("The page is no list of resources")
    following = start + len(resources)
    return resources, following if resources and following <= total else None


def patch(operations: Sequence[Operation]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def equals(attribute: str, text: str) -> str:
    """A filter; texts are JSON strings."""
    return f"{attribute} eq {json.dumps(text, ensure_ascii=False)}"
