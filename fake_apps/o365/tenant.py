"""What a tenant says of itself: its organization and its domains.

Sources: https://learn.microsoft.com/en-us/graph/api/organization-list and .../domain-list
"""

from collections.abc import Sequence
from typing import Any

SERVICES = ["Email", "OfficeCommunicationsOnline"]


MANAGED, FEDERATED = "Managed", "Federated"


def organization(
    tenant_id: str, names: Sequence[str], federated: Sequence[str] = ()
) -> dict[str, Any]:
    """The one organization; of a tenant without licences, plans and an address."""
    return {
        "id": tenant_id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": None,
        "country": None,
        "countryLetterCode": None,
        "createdDateTime": None,
        "defaultUsageLocation": None,
        "displayName": "Example",
        "isMultipleDataLocationsForServicesEnabled": None,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "partnerTenantType": None,
        "postalCode": None,
        "preferredLanguage": "en",
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "assignedPlans": [],
        "provisionedPlans": [],
        "verifiedDomains": [
            {
                "capabilities": ", ".join(SERVICES),
                "isDefault": not at,
                "isInitial": not at,
                "name": name,
                "type": FEDERATED if name in federated else MANAGED,
            }
            for at, name in enumerate(names)
        ],
    }


def domains(names: Sequence[str], federated: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The verified domains, the default one first."""
    return [
        {
            "authenticationType": FEDERATED if name in federated else MANAGED,
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": not at,
            "isInitial": not at,
            "isRoot": True,
            "isVerified": True,
            "id": name,
            "supportedServices": SERVICES,
        }
        for at, name in enumerate(names)
    ]
