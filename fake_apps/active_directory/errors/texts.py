"""Texts of results as recorded ones are: who refuses, where in which build, and which problem."""


def update(dsid: str, problem: str) -> str:
    return f"UpdErr: DSID-{dsid}, problem {problem}, data 0"


def service(dsid: str) -> str:
    return f"SvcErr: DSID-{dsid}, problem 5003 (WILL_NOT_PERFORM), data 0"


def attribute(head: str, dsid: str, problem: str, what: str) -> str:
    """`what` is the number of the attribute, where one is recorded, and its name in brackets."""
    about = f"problem {problem}, data 0, Att {what}"
    return f"AtrErr: DSID-{dsid}, #1:\n\t0: {head}: DSID-{dsid}, {about}"


def name(dsid: str, problem: str, best: str) -> str:
    return f"NameErr: DSID-{dsid}, problem {problem}, data 0, best match of:\n\t'{best}'"


def ldap(dsid: str, comment: str) -> str:
    return f"LdapErr: DSID-{dsid}, comment: {comment}, data 0, v4563"
