"""A certificate authority for one start of a server; clients trust it by its file."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssl import SSLContext, SSLSocket


class ThrowAwayCa:
    """An authority, and a certificate of it for these host names and addresses.

    Its files are in a folder that only this user can read; `forget` deletes them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        import trustme  # noqa: PLC0415 - costs a tenth of a second that most starts need not pay

        authority = trustme.CA(organization_name="Pushproof (throw-away)")
        certificate = authority.issue_cert(*names)
        self._folder = TemporaryDirectory(prefix="pushproof-")
        folder = Path(self._folder.name)
        self.file = folder / "ca.pem"
        self._chain = folder / "certificate.pem"
        self._key = folder / "key.pem"
        authority.cert_pem.write_to_path(str(self.file))
        certificate.private_key_pem.write_to_path(str(self._key))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(self._chain), append=True)

    @cached_property
    def adapter(self) -> Any:
        """What cheroot needs to speak TLS with this certificate."""
        from cheroot.ssl.builtin import BuiltinSSLAdapter  # noqa: PLC0415 - as above

        class Patient(BuiltinSSLAdapter):
            """Shakes hands in the connection's thread: a silent caller keeps nobody waiting."""

            def wrap(self, sock: Any) -> tuple["SSLSocket", dict[str, Any]]:
                wrapped = self.context.wrap_socket(
                    sock, server_side=True, do_handshake_on_connect=False
                )
                return wrapped, {"HTTPS": "on", "wsgi.url_scheme": "https"}

        return Patient(str(self._chain), str(self._key))

    @cached_property
    def context(self) -> "SSLContext":
        """What any other server needs to speak TLS with this certificate."""
        from ssl import Purpose, create_default_context  # noqa: PLC0415 - as above

        made = create_default_context(Purpose.CLIENT_AUTH)
        made.load_cert_chain(self._chain, self._key)
        return made

    def forget(self) -> None:
        """Delete the files."""
        self._folder.cleanup()
