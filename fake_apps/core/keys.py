"""One RSA key pair per process, for vendors whose clients sign: what stands for every client's key.

Making one takes a tenth of a second, and no test depends on its digits. Which key of a client is
meant, and whether it still counts, is told by the key's id. It never enters a ledger.
"""

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048


@cache
def private_pem() -> str:
    """As a key file carries it."""
    made = _pair().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.decode()


@cache
def public_key() -> rsa.RSAPublicKey:
    return _pair().public_key()


@cache
def _pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)
