"""One RSA key pair per process: what stands for every client's key, and for a vendor's own.

Making one takes a tenth of a second, and no test depends on its digits. Which key of a client is
meant, and whether it still counts, is told by the key's id. It never enters a ledger. A tenant
whose state outlives the process brings its pair along: see `KeyPair`.
"""

from functools import cache
from threading import Lock

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048
_MAKING = Lock()


class KeyPair:
    """What the clients of one tenant sign with: the process's own pair, or one from elsewhere."""

    def __init__(self) -> None:
        self._pem: str | None = None

    def private_pem(self) -> str:
        return self._pem or private_pem()

    def private_key(self) -> rsa.RSAPrivateKey:
        return _loaded(self._pem) if self._pem else _pair()

    def public_key(self) -> rsa.RSAPublicKey:
        return _loaded(self._pem).public_key() if self._pem else public_key()

    def bring(self, pem: str) -> None:
        """Use this private key from now on; ValueError where it is none."""
        _loaded(pem)
        self._pem = pem


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
def encrypted_pem(pem: str, passphrase: str) -> str:
    """The same key as a key file carries it that needs a passphrase."""
    made = _loaded(pem).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    return made.decode()


@cache
def public_key() -> rsa.RSAPublicKey:
    return _pair().public_key()


@cache
def _loaded(pem: str) -> rsa.RSAPrivateKey:
    private = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return private


def _pair() -> rsa.RSAPrivateKey:
    with _MAKING:  # once, also where a server has begun to make it in another thread
        return _made()


@cache
def _made() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)
