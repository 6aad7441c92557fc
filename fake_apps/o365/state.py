"""A Microsoft 365 tenant: its directory, and what it says of itself."""

from dataclasses import replace
from typing import Any

from . import entity as kinds
from . import quirks, tenant
from .entity import Entity
from .licenses import Licenses
from .records import secret
from .schema import READ

FILLED_AFTER_S = 120


class Directory(Licenses):
    """The whole of a tenant: the rules of every subject over the records."""

    def expire_secret(self) -> None:
        old = self.registration
        expired = replace(old, secret_expired=True, generation=old.generation + 1)
        self.registrations.put("app", expired)

    def replace_secret(self) -> None:
        fresh = replace(self.registration, client_secret=secret(self.context), secret_expired=False)
        self.registrations.put("app", fresh)

    def shown(self, row: Entity, select: tuple[str, ...] | None) -> dict[str, Any]:
        """The row as a client sees it now."""
        if row.stale is not None:
            row = self.as_read(row)
        document = row.document(READ[row.type] if select is None else select)
        if quirks.DESCRIPTION_IS_FILLED in self.quirks and row.kind == kinds.UNIFIED:
            age = self.context.clock.now() - row.born
            if "description" in document and not document["description"] and age > FILLED_AFTER_S:
                document["description"] = row.name
        if row.type == "user" and "assignedLicenses" in document:
            document["assignedLicenses"] = self.licenses_of(row)
        return document

    def organization(self) -> dict[str, Any]:
        federated = self.settings["federated_domains"]
        return tenant.organization(self.registration.tenant_id, self.domains, federated)

    def domain_documents(self) -> list[dict[str, Any]]:
        return tenant.domains(self.domains, self.settings["federated_domains"])
