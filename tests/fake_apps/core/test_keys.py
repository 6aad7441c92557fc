"""The one key pair of a process, and replies that carry only what they are given."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
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


def test_a_tenants_pair_is_the_process_own_unless_one_is_brought():
    pair, brought = keys.KeyPair(), keys.KeyPair()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    brought.bring(pem)

    assert (pair.private_pem(), pair.public_key()) == (keys.private_pem(), keys.public_key())
    assert (brought.private_pem(), brought.public_key()) == (pem, other.public_key())


def test_only_an_rsa_key_can_be_brought():
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pair = keys.KeyPair()
    for text in (pem.decode(), "", "-----BEGIN PRIVATE KEY-----"):
        with pytest.raises(ValueError, match=r"PEM|key"):
            pair.bring(text)

    assert pair.private_pem() == keys.private_pem()
