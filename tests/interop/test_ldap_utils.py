"""OpenLDAP's own tools, as Debian packages them, against the served directory.

Their exit status is the result code of the operation.
"""

import re
import shutil
import subprocess
from base64 import b64decode

import pytest

ROOT = "DC=ad,DC=example,DC=test"
PERMISSIVE = "1.2.840.113556.1.4.1413"
TREE_DELETE = "1.2.840.113556.1.4.805"


@pytest.fixture(scope="module")
def server(serve):
    return serve("active_directory", tls=True)


@pytest.fixture
def run(tenant):
    """One tool, bound as the service account; answers exit status, output and errors."""

    def ran(tool, *words, url="ldap_url", given="", bind=True):
        access = tenant.credentials
        who = ("-D", access["user"], "-w", access["password"]) if bind else ()
        ended = subprocess.run(
            [shutil.which(tool), "-x", "-H", tenant.told[url], *who, *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            env={"LDAPTLS_CACERT": tenant.ca_file, "LDAPRC": "none"},
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr

    return ran


@pytest.fixture
def search(run, tenant):
    """The values of one attribute, in order of objects."""

    def found(where, attribute, *words, base=ROOT):
        status, out, _ = run(
            "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", base, *words, where, attribute
        )
        assert status == 0, out
        return re.findall(rf"^{attribute}: (.*)$", out, re.MULTILINE | re.IGNORECASE)

    return found


def sales(tenant, *members):
    """A group and its DN."""
    groups = tenant.credentials["groups_dn"]
    tenant.admin.add_group("Sales", member_ids=members)
    return f"CN=Sales,{groups}"


def user_dns(tenant, count):
    people = tenant.credentials["people_dn"]
    return tenant.accounts(count), [f"CN=user{at},{people}" for at in range(count)]


def test_the_root_dse_is_read_by_nobody(run):
    status, out, _ = run(
        "ldapsearch", "-LLL", "-s", "base", "-b", "", "defaultNamingContext", bind=False
    )

    assert status == 0
    assert f"defaultNamingContext: {ROOT}" in out


def test_over_ldaps_and_with_start_tls(run):
    words = ("-LLL", "-s", "base", "-b", ROOT, "dc")

    assert run("ldapsearch", *words, url="ldaps_url")[0] == 0
    assert run("ldapsearch", "-ZZ", *words)[0] == 0


def test_a_wrong_password_is_49(run):
    status, _, err = run("ldapwhoami", "-D", "nobody@ad.example.test", "-w", "x", bind=False)

    assert status == 49
    assert "AcceptSecurityContext error, data 52e" in err


def test_who_am_i(run):
    assert run("ldapwhoami")[:2] == (0, "u:ADTEST\\svc-okta\n")


def test_add_read_and_delete(run, search, tenant):
    dn = f"CN=Sales,{tenant.credentials['groups_dn']}"
    _, (ana, ben) = user_dns(tenant, 2)
    ldif = f"dn: {dn}\nobjectClass: group\nsAMAccountName: Sales\nmember: {ana}\nmember: {ben}\n"
    added, again = run("ldapadd", given=ldif), run("ldapadd", given=ldif)
    members = search("(cn=sales)", "member")

    assert (added[0], again[0]) == (0, 68)
    assert "00002071: UpdErr: DSID-030503CF, problem 6005 (ENTRY_EXISTS), data 0" in again[2]
    assert members == [ana, ben]
    assert run("ldapdelete", dn)[0] == 0
    assert search("(cn=sales)", "member") == []


def test_modify_and_the_permissive_control(run, search, tenant):
    (ana,), (ana_dn,) = user_dns(tenant, 1)
    dn = sales(tenant, ana)
    ldif = (
        f"dn: {dn}\nchangetype: modify\nadd: member\nmember: {ana_dn}\n-\nreplace: info\ninfo: x\n"
    )
    strict = run("ldapmodify", given=ldif)
    undone = search("(cn=sales)", "info")
    permissive = run("ldapmodify", "-e", f"!{PERMISSIVE}", given=ldif)

    assert (strict[0], undone) == (68, [])
    assert "00000562: UpdErr" in strict[2]
    assert permissive[0] == 0
    assert search("(cn=sales)", "info") == ["x"]


def test_modrdn_renames_and_moves(run, search, tenant):
    dn = sales(tenant, *tenant.accounts(1))
    branch = f"OU=Branch Groups,OU=Branch,{ROOT}"
    kept = run("ldapmodrdn", dn, "CN=Field")
    moved = run("ldapmodrdn", "-r", "-s", branch, dn, "CN=Field")

    assert (kept[0], moved[0]) == (53, 0)
    assert search("(sAMAccountName=user0)", "memberOf") == [f"CN=Field,{branch}"]


def test_a_tree_is_deleted_with_the_control(run, search, tenant):
    tenant.admin.add_ou(f"OU=Old,{ROOT}")
    tenant.admin.add_group("Sales", place=f"OU=Old,{ROOT}")
    tenant.admin.grant(f"OU=Old,{ROOT}", frozenset({"*"}))
    alone = run("ldapdelete", f"OU=Old,{ROOT}")

    assert alone[0] == 66
    assert run("ldapdelete", "-e", f"!{TREE_DELETE}", f"OU=Old,{ROOT}")[0] == 0
    assert search("(ou=Old)", "ou") == []


@pytest.mark.parametrize(("value", "status"), [("sales", 6), ("Field", 5)])
def test_compare(run, tenant, value, status):
    assert run("ldapcompare", sales(tenant), f"cn:{value}")[0] == status


def test_more_than_a_page_needs_paging(run, search, tenant):
    tenant.fake.change_setting("max_page_size", 50)
    user_dns(tenant, 120)
    where = "(&(objectCategory=person)(cn=user*))"
    status, out, _ = run("ldapsearch", "-LLL", "-b", ROOT, where, "cn")
    tenant.fake.change_setting("max_page_size", 1000)

    assert (status, out.count("dn: ")) == (4, 50)
    assert len(search(where, "cn", "-E", "pr=50/noprompt")) == 120


def test_a_large_group_is_read_in_ranges(run, tenant):
    tenant.fake.change_setting("max_val_range", 50)
    ids, _ = user_dns(tenant, 120)
    dn = sales(tenant, *ids)
    words = ("-LLL", "-o", "ldif-wrap=no", "-b", dn, "-s", "base", "(cn=*)")
    seen = [
        run("ldapsearch", *words, asked)[1]
        for asked in ("member", "member;range=50-*", "member;range=100-*")
    ]

    assert [re.findall("^member;range=([0-9*-]+): ", one, re.MULTILINE)[0] for one in seen] == [
        "0-49",
        "50-99",
        "100-*",
    ]
    assert [one.count("\nmember;range=") for one in seen] == [50, 50, 20]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("(&(objectClass=user)(cn=user*)(!(cn=user1)))", ["user0", "user2"]),
        ("(|(cn=user0)(cn=user2)(shoeSize=44))", ["user0", "user2"]),
        ("(userAccountControl:1.2.840.113556.1.4.803:=32)", ["user0", "user1", "user2"]),
        (f"(memberOf:1.2.840.113556.1.4.1941:=CN=Outer,OU=Groups,{ROOT})", ["Sales", "user0"]),
        ("(cn=*er1)", ["user1"]),
        ("(sAMAccountName>=user2)", ["user2"]),
        ("(cn~=USER1)", ["user1"]),
    ],
)
def test_filters(search, tenant, where, names):
    ids, _ = user_dns(tenant, 3)
    sales(tenant, ids[0])
    group = next(view.id for view in tenant.admin.groups() if view.name == "Sales")
    tenant.admin.add_group("Outer", member_ids=[group])

    assert sorted(search(where, "cn"), key=str.lower) == names


def test_referrals_lead_into_the_other_domain(run):
    status, out, _ = run("ldapsearch", "-LLL", "-b", ROOT, "(cn=Administrator)", "cn")

    assert status == 0
    assert "# refldap://emea.ad.example.test/DC=emea," in out


def test_an_unknown_critical_control_is_12(run):
    assert run("ldapsearch", "-b", ROOT, "-E", "!1.2.3.4", "(cn=x)")[0] == 12


def test_objects_come_in_the_order_asked_for(search, tenant):
    user_dns(tenant, 3)

    assert search("(sAMAccountName=user*)", "cn", "-E", "sss=-cn") == ["user2", "user1", "user0"]


@pytest.fixture
def administer(run, tenant):
    """`ldapsearch` as the domain's administrator."""
    dn = f"CN=Administrator,CN=Users,{ROOT}"
    password = tenant.fake.state.dit.resolve(dn).password

    def searched(*words):
        who = ("-D", dn, "-w", password, "-o", "ldif-wrap=no", "-b", ROOT)
        status, out, err = run("ldapsearch", *who, *words, bind=False)
        assert status == 0, err
        return out

    return searched


def test_the_tool_reads_what_changed_since_its_cookie(administer, run, tenant):
    dn = sales(tenant)
    first = administer("-E", "!dirSync=0/0", "(objectClass=group)", "cn")
    cookie = re.search(r"^# cookie:: (\S+)$", first, re.MULTILINE)[1]
    run("ldapmodrdn", "-r", dn, "CN=Field")
    then = administer("-E", f"!dirSync=0/0/{cookie}", "(objectClass=group)", "cn")

    assert "cn: Sales" in first
    assert "cn: Domain Users" in first
    assert "continueFlag=0" in first
    assert re.findall("^cn: (.*)$", then, re.MULTILINE) == ["Field"]


def test_the_tool_asks_for_extended_names_and_deleted_objects(administer, run, tenant):
    dn = sales(tenant)
    guid = tenant.admin.groups()[0].id
    (extended,) = re.findall(
        "^dn:: (.*)$", administer("-E", "!extendedDn=1", "(cn=Sales)", "cn"), re.MULTILINE
    )
    run("ldapdelete", dn)
    deleted = administer("-E", "!showDeleted", "(sAMAccountName=Sales)", "isDeleted")

    assert b64decode(extended).decode().startswith(f"<GUID={guid}>;<SID=S-1-5-21-")
    assert f"dn: CN=Sales\\0ADEL:{guid},CN=Deleted Objects,{ROOT}" in deleted
    assert "isDeleted: TRUE" in deleted
