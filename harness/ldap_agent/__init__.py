"""An agent in front of any LDAP directory: JSON actions over HTTP in, LDAP operations out.

Its routes and bodies are those of the agent beside the fake directory, and it shares nothing with
that one but them. Needs ldap3, which the extra `ldap` installs.
"""
