"""JSON that Python would read and nobody else."""

import pytest

from fake_apps.core import strict


@pytest.mark.parametrize("text", ["NaN", '{"a": [Infinity]}', "-Infinity", "", "{", "[1,]"])
@pytest.mark.parametrize("read", [strict.decoded, strict.decoded_text])
def test_what_is_no_json_is_not_read(read, text):
    with pytest.raises(ValueError, match=r"JSON|Expecting|Illegal"):
        read(text)


def test_half_a_surrogate_pair_is_no_text():
    assert strict.decoded(r'["\ud800"]') == ["\ud800"]
    assert strict.decoded_text(r'["\ud83d\ude00"]') == ["\U0001f600"]
    with pytest.raises(UnicodeEncodeError):
        strict.decoded_text(r'["\ud800"]')
