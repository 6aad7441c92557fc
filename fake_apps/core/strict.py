"""JSON as RFC 8259 has it, where Python's own reading takes more."""

import json
from typing import Any


def decoded(text: str) -> Any:
    """What the JSON says; ValueError or RecursionError where it is none: `NaN` is not."""
    return _DECODER.decode(text)


def decoded_text(text: str) -> Any:
    """The same, where half a surrogate pair is no text either: nobody could send it back."""
    document = _DECODER.decode(text)
    if "\\u" in text:
        json.dumps(document, ensure_ascii=False).encode()
    return document


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
