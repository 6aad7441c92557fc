"""The directory as LDAPv3 (RFC 4511): octets in, octets out, and a listener that carries them."""
