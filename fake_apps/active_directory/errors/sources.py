"""Who says what a directory refuses: the addresses that several refusals share."""

ADTS = "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/"
SAMBA = "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python"
LDAP_TESTS = f"{SAMBA}/ldap.py"
SAM_TESTS = f"{SAMBA}/sam.py"
LINKED_TESTS = f"{SAMBA}/linked_attributes.py"
DELETE_TESTS = f"{SAMBA}/deletetest.py"
POLICIES = (
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "view-set-ldap-policy-using-ntdsutil"
)
