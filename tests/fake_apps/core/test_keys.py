"""The one key pair of a process, and replies that carry only what they are given."""

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fake_apps.core import keys
from fake_apps.core.reply import Plain, TrustedHeaders


def test_what_the_private_half_signs_the_public_half_verifies():
    signed = jwt.encode({"a": 1}, keys.private_pem(), algorithm="RS256")

    assert jwt.decode(signed, keys.public_key(), algorithms=["RS256"]) == {"a": 1}


def test_the_pair_is_made_once():
    private = load_pem_private_key(keys.private_pem().encode(), None)

    assert private.public_key() == keys.public_key()
    assert keys.private_pem() is keys.private_pem()


def test_a_plain_reply_has_no_headers_of_its_own():
    reply = Plain("x", 200, {"A": "1"})
    assert isinstance(reply.headers, TrustedHeaders)
    reply.headers.trust([("B", "2")])

    assert list(reply.get_wsgi_headers({})) == [("A", "1"), ("Content-Length", "1"), ("B", "2")]
