"""What a file is, is seen by what is in it; what is none of them is refused with what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported import imported, values

from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked
from perf.wire.imports.recognise import KNOWN


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ("_____\n0: a sea", "a timeline of prompts"),
        ("\ufeff_____\r\n0: a sea\r\n", "a timeline of prompts"),
        ('\n {"animation_mode": "2D", "prompts": {"0": "a sea"}}', "Deforum's settings"),
        ('{"keyframes": [{"frame": 0}, {"frame": 9}]}', "a Parseq document"),
        (b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x04\0\xff\x2f\0", "a MIDI file"),
    ],
)
def test_each_kind_is_recognised(data: str | bytes, title: str) -> None:
    assert f"Imported from piece.txt: {title}" in imported(data)[1].text


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ("a letter", None, "is not recognised"),
        ("", None, "is not recognised"),
        ('{"a": 1}', None, "neither Deforum's nor Parseq's"),
        ("[1, 2]", None, "neither Deforum's nor Parseq's"),
        ('{"a": 1,\n oops}', 2, "is not JSON"),
        ("[" * 100_000, None, "nested or numbered beyond"),
        ('{"seed": ' + "9" * 5000 + "}", None, "nested or numbered beyond"),
        (b"\x89PNG\xff\xfe", None, "neither MIDI nor UTF-8"),
        (b"MThd\0\0\0\x06\0\1", None, "not a whole MIDI file"),
    ],
)
def test_what_is_none_is_refused(data: str | bytes, line: int | None, words: str) -> None:
    with pytest.raises(ImportFileError, match=words) as caught:
        imported(data)
    assert (caught.value.file, caught.value.line) == ("piece.txt", line)


def test_maps_are_for_midi_files() -> None:
    with pytest.raises(ImportFileError, match="--map"):
        imported("_____\n0: a sea", Asked("piece", "piece.txt", ("cc1=/sampler/skip",)))


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_anything_is_played_or_refused_with_what_is_known(data: str | bytes) -> None:
    try:
        patch, _ = imported(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    except ImportFileError as error:
        assert error.file == "piece.txt"
        assert KNOWN in str(error) or "JSON" in str(error) or "MIDI" in str(error) or error.line
        return
    values(patch, [0.0])
