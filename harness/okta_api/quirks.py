"""What Okta's API does that a reader of its reference would not expect, each to be switched.

Numbers are ours. `default` is what a new API does; the sentence says what "on" means.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

SPEC = "https://github.com/okta/okta-management-openapi-spec"
SDK = "https://github.com/okta/okta-sdk-python"
TERRAFORM = "https://github.com/okta/terraform-provider-okta"
FIXTURES = f"{TERRAFORM}/tree/master/test/fixtures/vcr/idaas"
NOTES = "https://developer.okta.com/docs/release-notes"
KB = "https://support.okta.com/help/s/article"


@dataclass(frozen=True)
class Quirk:
    """One documented oddity of the API. The behaviour is one `if` where it happens."""

    id: str
    sentence: str
    source: str
    default: bool = False
    mark: str = "seen"


CREATE_MAPPING_IS_200 = Quirk(
    "Q1",
    "making a group push mapping answers 200 and not 201, so that the Python SDK returns no object",
    f"{FIXTURES}/TestAccResourceOktaPushGroup_crud",
)
DELETE_MAPPING_IS_200 = Quirk(
    "Q2",
    "deleting a group push mapping answers 200 without a body and not 204",
    f"{FIXTURES}/TestAccResourceOktaPushGroup_crud",
)
EMPTY_APP_CONFIG = Quirk(
    "Q3",
    "a mapping of an app without appConfig has an empty one, which the Python SDK cannot decode",
    f"{TERRAFORM}/blob/master/okta/services/idaas/resource_okta_push_group.go",
    mark="sdk",
)
SCHEME_WITHOUT_SPACE = Quirk(
    "Q4",
    "`Authorization: SSWS<token>` without a space is taken, as the Python SDK sends it",
    f"{SDK}/blob/master/okta/api_client.py",
    default=True,
    mark="sdk",
)
EMPTY_ERRORS = Quirk(
    "Q5",
    "an error has no body, which the Python SDK reports as success",
    f"{SDK}/blob/master/okta/api/group_push_mapping_api.py",
    mark="sdk",
)
THROTTLE_WITHOUT_RESET = Quirk(
    "Q6",
    "a 429 has no X-Rate-Limit-Reset, at which the Python SDK raises",
    f"{SDK}/blob/master/okta/request_executor.py",
    mark="sdk",
)
LINKS_IN_ONE_LINE = Quirk(
    "Q7",
    "the links of a page are one comma-joined Link line and not two, self first",
    f"{SDK}/blob/master/okta/api_response.py",
    mark="sdk",
)
ABSENT_IS_EMPTY = Quirk(
    "Q8",
    "a group replaced without a description loses it: the Python SDK drops empty texts",
    f"{SDK}/blob/master/okta/request_executor.py",
    default=True,
    mark="sdk",
)
OFFICE_IS_WS_FEDERATION = Quirk(
    "Q9",
    "Microsoft Office 365 apps sign on by WS_FEDERATION, which the Python SDK cannot decode",
    f"{SDK}/blob/master/okta/models/application.py",
    mark="sdk",
)
BARE_APPS = Quirk(
    "Q10",
    "apps that sign on automatically say signOnMode null and no features",
    f"{FIXTURES}/TestAccResourceOktaPushGroup_crud",
)
ACTIVE_IS_NOT_DELETED = Quirk(
    "Q11",
    "an ACTIVE group push mapping cannot be deleted",
    f"{TERRAFORM}/issues/2903",
    default=True,
)
ERROR_IS_STUCK = Quirk(
    "Q12",
    "a mapping in ERROR can neither be changed nor deleted, as before 2026.07",
    NOTES,
    mark="doc",
)
GONE_IS_404 = Quirk(
    "Q13",
    "deleting a mapping that is gone is a 404; off: it is done already",
    f"{TERRAFORM}/issues/2807",
    default=True,
)
TARGET_NAME_YIELDS = Quirk(
    "Q14",
    "a targetGroupName gives way without a word to the source group's name while app groups are "
    "renamed to match; off: it is refused then",
    f"{TERRAFORM}/blob/master/docs/resources/push_group.md",
    default=True,
    mark="sdk",
)
NO_LINK_BY_NAME = Quirk(
    "Q15",
    "a targetGroupName of an imported app group is refused with 400, its id is not",
    f"{TERRAFORM}/issues/2894",
)
DOMAIN_LOCAL_FAILS = Quirk(
    "Q16",
    "DOMAIN_LOCAL mappings made through the API fail to push, as until 2025",
    NOTES,
    mark="doc",
)
RENAME_IS_NOT_PUSHED = Quirk(
    "Q17",
    "a group renamed through the API keeps its name in the apps, as until 2021.03.2",
    NOTES,
    mark="doc",
)
RULES_OUTLIVE_APPS = Quirk(
    "Q18",
    "push rules of a deleted app stay, and log errors, as until 2025",
    NOTES,
    mark="doc",
)
DEACTIVATED_STAY_IN_RULES = Quirk(
    "Q19",
    "a deactivated user stays in the groups that a rule put it into",
    f"{KB}/Deactivated-Users-not-Removed-From-Okta-Groups-Automatically",
    default=True,
    mark="doc",
)
NO_EXTERNAL_ID_YET = Quirk(
    "Q20",
    "the app group of a mapping has no externalId before the first push; off: it is null",
    f"{FIXTURES}/TestAccResourceOktaPushGroup_crud",
    default=True,
)
RULES_LAG = Quirk(
    "Q21",
    "push rules find a new or renamed group only after some seconds",
    f"{TERRAFORM}/issues/1487",
)
DEPROVISIONED_ARE_HIDDEN = Quirk(
    "Q22",
    "a list of users without filter or search leaves DEPROVISIONED ones out",
    "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
    default=True,
    mark="doc",
)
RULE_DELETE_IS_202 = Quirk(
    "Q23",
    "deleting a group rule answers 202 with {} and not 204",
    f"{FIXTURES}/TestAccResourceOktaGroupRule_crud",
    default=True,
)
APP_DELETE_IS_500 = Quirk(
    "Q24",
    "the first attempt to delete an app answers 500 E0000009; the next one works",
    f"{TERRAFORM}/issues/1164",
)

ALL = tuple(one for one in vars().copy().values() if isinstance(one, Quirk))


class Switches:
    """Which quirks are on. `quirk in switches` is what the routes ask."""

    def __init__(self, switched: Mapping[str, bool] | None = None) -> None:
        self._known = {quirk.id: quirk for quirk in ALL}
        self._on = {quirk.id for quirk in ALL if quirk.default}
        for quirk_id, on in (switched or {}).items():
            self.switch(quirk_id, on=on)

    def __contains__(self, quirk: Quirk) -> bool:
        return quirk.id in self._on

    def __iter__(self) -> Iterator[tuple[Quirk, bool]]:
        return ((quirk, quirk.id in self._on) for quirk in ALL)

    def switch(self, quirk_id: str, *, on: bool) -> None:
        """Turn one quirk on or off; KeyError names the known ones."""
        if quirk_id not in self._known:
            raise KeyError(f"unknown quirk {quirk_id!r}; known: {', '.join(ids())}")
        (self._on.add if on else self._on.discard)(quirk_id)


def ids(quirks: Iterable[Quirk] = ALL) -> list[str]:
    return [quirk.id for quirk in quirks]
