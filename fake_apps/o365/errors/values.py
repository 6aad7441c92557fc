"""Values that an object cannot have, and licences that it cannot."""

from collections.abc import Sequence

from ...core.error import ApiError
from ...core.refusal import refusal
from ..quirks import (
    INHERITED_LICENSES_STAY,
    LICENSED_GROUPS_STAY,
)
from .envelope import detail
from .sources import BAD_REQUEST, DOCS, ISSUES

# --- values -----------------------------------------------------------------------------


@refusal(f"{ISSUES}/1508", mark="seen")
def duplicate(name: str) -> ApiError:
    """A userPrincipalName, or the mailNickname of a Microsoft 365 group, that is taken."""
    message = f"Another object with the same value for property {name} already exists."
    return ApiError(400, BAD_REQUEST, message, details=detail(name, "ObjectConflict"))


CONFLICTING = (
    "A conflicting object with one or more of the specified property values is present in the "
    "directory."
)


@refusal("https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/6346", mark="seen")
def conflict() -> ApiError:
    """Another value that must be unique and is taken."""
    return ApiError(400, BAD_REQUEST, CONFLICTING)


@refusal(f"{DOCS}/api/group-upsert", mark="unsure")
def duplicate_key() -> ApiError:
    """A uniqueName that is taken."""
    return ApiError(409, "Request_MultipleObjectsWithSameKeyValue", CONFLICTING)


@refusal("https://github.com/Microsoft365DSC/Microsoft365DSC/issues/3072", mark="seen")
def missing(name: str, resource: str) -> ApiError:
    """A property that must be given is not."""
    message = f"A value is required for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message)


@refusal("https://github.com/OfficeDev/microsoft-teams-apps-requestateam/issues/265", mark="seen")
def invalid_value(name: str, resource: str) -> ApiError:
    """A value that the property does not take."""
    message = f"Invalid value specified for property '{name}' of resource '{resource}'."
    return ApiError(400, BAD_REQUEST, message, details=detail(name, "InvalidValue"))


@refusal(f"{DOCS}/api/group-update", mark="seen")
def unknown_property(name: str) -> ApiError:
    """A property that there is none of."""
    return ApiError(400, BAD_REQUEST, f"Invalid property '{name}'.")


@refusal(
    "https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/domain-portion-upn-property-invalid",
    mark="seen",
)
def unverified_domain() -> ApiError:
    """A userPrincipalName in a domain that is not the tenant's."""
    message = (
        "The domain portion of the userPrincipalName property is invalid. You must use one of the "
        "verified domain names in your organization."
    )
    return ApiError(400, BAD_REQUEST, message, details=detail("userPrincipalName", "InvalidValue"))


@refusal(f"{DOCS}/api/user-post-users", mark="seen")
def weak_password() -> ApiError:
    """A password that is too simple."""
    message = (
        "The specified password does not comply with password complexity requirements. Please "
        "provide a different password."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/372", mark="seen")
def mail_group_write() -> ApiError:
    """Making a distribution list or a mail-enabled security group."""
    message = (
        "The service does not currently support writes of mail-enabled groups. Please ensure that "
        "the mail-enablement property is unset and the security-enablement property is set."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/14827", mark="seen")
def mail_group_change(verb: str = "Update") -> ApiError:
    """Changing a distribution list or a mail-enabled security group."""
    message = f"Cannot {verb} a mail-enabled security groups and or distribution list."
    return ApiError(400, BAD_REQUEST, message)


@refusal(
    "https://support.okta.com/help/s/article/Office365-provisioning-error-Unable-to-update-the-specified-properties-for-onpremises-mastered-Directory-Sync-objects",
    mark="seen",
)
def synced() -> ApiError:
    """Changing what is synchronised from an on-premises directory."""
    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync objects "
        "or objects currently undergoing migration."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{ISSUES}/12014", mark="seen")
def read_only(name: str) -> ApiError:
    """Writing a property that only the service writes."""
    return ApiError(400, BAD_REQUEST, f"Property '{name}' is read-only and cannot be set.")


@refusal("https://github.com/microsoftgraph/msgraph-bicep-types/issues/54", mark="seen")
def fixed_unique_name() -> ApiError:
    """Another uniqueName for a role-assignable group."""
    message = "Value for ArmUniqueName cannot be updated for groups assignable to role."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="seen")
def guests_refused() -> ApiError:
    """A guest, where Microsoft 365 groups take none."""
    message = "Guests users are not allowed to join this Unified Group due to policy setting"
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-post-members", mark="unsure")
def dynamic_members() -> ApiError:
    """Members of a dynamic group are changed, and it is said so (the words are ours)."""
    message = "Members of a group with dynamic membership cannot be changed."
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/group-update", mark="unsure")
def alone_in_request(name: str) -> ApiError:
    """A property that must be alone in its request is not (the words are ours)."""
    message = f"Property '{name}' cannot be updated together with other properties."
    return ApiError(400, BAD_REQUEST, message)


# --- licences -------------------------------------------------------------------------------------


@refusal("https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/3361", mark="seen")
def missing_parameters(operation: str, names: Sequence[str]) -> ApiError:
    """An action is asked for without one of its parameters."""
    message = (
        f"One or more parameters of the operation '{operation}' are missing from the request "
        f"payload. The missing parameters are: {', '.join(names)}."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(
    "https://support.okta.com/help/s/article/office-365-push-profile-update-failed-due-to-http-400-ms-error-license-assignment-cannot-be-done-for-user-with-invalid-usage-location",
    mark="seen",
)
def no_usage_location() -> ApiError:
    """A licence for a user of whom it is not said where it is used."""
    message = "License assignment cannot be done for user with invalid usage location."
    return ApiError(400, BAD_REQUEST, message)


@refusal(INHERITED_LICENSES_STAY.source, mark="seen")
def inherited_license() -> ApiError:
    """Taking a licence from a user that a group gives it."""
    message = (
        "User license is inherited from a group membership and it cannot be removed directly from "
        "the user."
    )
    return ApiError(400, BAD_REQUEST, message)


@refusal(f"{DOCS}/api/user-assignlicense", mark="unsure")
def license_absent(resource: str) -> ApiError:
    """Taking away a licence that is not there."""
    return ApiError(400, BAD_REQUEST, f"{resource} does not have a corresponding license.")


@refusal(LICENSED_GROUPS_STAY.source, mark="unsure")
def licensed_group() -> ApiError:
    """Deleting a group that gives licences (the words are ours)."""
    message = "The group cannot be deleted because it has licenses assigned."
    return ApiError(400, BAD_REQUEST, message)
