"""People to push."""

PEOPLE = ("ana@example.com", "ben@example.com")


def hire(fake, logins=PEOPLE):
    """Accounts for them, as the app's own administrator makes them."""
    return [fake.admin.add_account(login, {}) for login in logins]


def members(fake, name):
    """The ids of a group's members, as the app's administrator sees them."""
    return [group.member_ids for group in fake.admin.groups() if group.name == name]
