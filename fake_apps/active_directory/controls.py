"""The LDAP controls the directory honours, by OID.

https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.4.1
"""

EXTENDED_DN = "1.2.840.113556.1.4.529"
PERMISSIVE_MODIFY = "1.2.840.113556.1.4.1413"
SHOW_DELETED = "1.2.840.113556.1.4.417"
SHOW_RECYCLED = "1.2.840.113556.1.4.2064"
TREE_DELETE = "1.2.840.113556.1.4.805"
PAGED_RESULTS = "1.2.840.113556.1.4.319"
DOMAIN_SCOPE = "1.2.840.113556.1.4.1339"
SD_FLAGS = "1.2.840.113556.1.4.801"

SUPPORTED = frozenset(
    {
        EXTENDED_DN,
        PERMISSIVE_MODIFY,
        SHOW_DELETED,
        SHOW_RECYCLED,
        TREE_DELETE,
        PAGED_RESULTS,
        DOMAIN_SCOPE,
        SD_FLAGS,
    }
)
