"""The paper author's timeline: each prompt stands from its frame on, and what is none is said with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported import imported, shown, values

from perf.errors import ImportFileError
from perf.wire.imports import author

HEAD = """time: 2023-09-01 12:00:00
length timecode: 00:00:12
batch name: harbour
max frame: 300
audio files: []
_____

"""
FIVE = ["five", "prompts", "are", "too", "many for a set"]
PIECE = (
    HEAD
    + """0: Black.
25: a harbour in the fog
150: ['a lamp over the water:1.5', 'people:-0.5']
250: Black.
"""
)


def at(text: str, *frames: int) -> list[dict[str, float]]:
    patch, _ = imported(text)
    return [shown(row) for row in values(patch, [frame / 25 for frame in frames])]


def test_a_prompt_stands_from_its_frame_to_the_next() -> None:
    lamp = {"a lamp over the water": 1.5, "people": -0.5}
    fog = {"a harbour in the fog": 1.0}
    assert at(PIECE, 0, 24, 25, 149, 150, 249, 250, 9999) == [
        {"": 1.0},
        {"": 1.0},
        fog,
        fog,
        lamp,
        lamp,
        {"": 1.0},
        {"": 1.0},
    ]


def test_the_header_is_kept_as_comments_and_what_is_not_played_is_named() -> None:
    text = PIECE.replace("audio files: []", "audio files: ['one.wav']\nmood: grey").replace("00:00:12", "00:01:00")
    _, made = imported(text)
    assert "# batch name: harbour" in made.text
    words = "\n".join(made.notes)
    assert "one.wav" in words
    assert "'mood' means nothing here" in words
    assert "line 2: length timecode 00:01:00 is not max frame 300" in words
    assert "line 5: audio files" in words
    assert all(note.split()[0] in made.text for note in made.notes), "the patch says it, too"


def test_a_piece_that_begins_later_begins_black() -> None:
    assert at(HEAD + "50: a harbour", 0, 49, 50) == [{"": 1.0}, {"": 1.0}, {"a harbour": 1.0}]


def test_events_out_of_order_are_put_in_order_and_lines_of_one_frame_are_one_set() -> None:
    text = HEAD + "100: a ship\n0: the sea\n0: fog:-1\n400: an island"
    assert at(text, 0, 100, 400) == [{"the sea": 1.0, "fog": -1.0}, {"a ship": 1.0}, {"an island": 1.0}]
    notes = "\n".join(imported(text)[1].notes)
    assert "line 9: frame 0 comes after frame 100: events are put in order" in notes
    assert "line 10: frame 0 stands in line 9, too: they are shown together" in notes
    assert "line 11: the last event, frame 400, comes after max frame 300" in notes


def test_weights_that_no_slot_holds_are_divided_by_their_sum() -> None:
    assert at(HEAD + "0: ['a ship:6', 'fog:-2']", 0) == [{"a ship": 1.5, "fog": -0.5}]


@pytest.mark.parametrize(
    ("line", "shows"),
    [
        ("0: the clock says 12:30", {"the clock says 12:30": 1.0}),
        ('0: he said "go", \\ and went', {'he said "go", \\ and went': 1.0}),
        ("0:", {"": 1.0}),
        ("0: ['not', closed", {"['not', closed": 1.0}),
        (f"0: {FIVE}", dict.fromkeys(FIVE, 1.0)),
        ("0: ['twice:0.5', 'twice:0.5']", {"twice": 1.0}),
        ("0: Black.:0.5", {"": 0.5}),
    ],
)  # fmt: skip
def test_texts_of_all_kinds(line: str, shows: dict[str, float]) -> None:
    assert at(HEAD + line + "\n50: after", 0) == [shows]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("0: a sea\n25: a har", "line 9: the file ends within this line; if it was cut off, so is its last prompt"),
        ("0: a sea\n25: ['a lamp', 'peo\n", "line 9: begins like a list of prompts and is none"),
        (
            "0: a sea:\n25: fog:-\n",
            "line 8: ends with a colon and no weight: the colon is played as a part of the text (and",
        ),
        ("0: a sea:nan\n", "line 8: ends with a colon and no weight"),
        ("0: a\n0: b\n0: c\n", "line 9: frame 0 stands in line 8, too: they are shown together (and 1 more lines)"),
    ],
)
def test_what_may_not_be_as_it_was_meant_is_noted_with_its_line(rows: str, words: str) -> None:
    assert words in "\n".join(imported(HEAD + rows)[1].notes)


@pytest.mark.parametrize("rows", ["0: a sea\n", "0: a sea\r\n", "0: a sea\n25: ['a', 'b']\n\n  "])
def test_a_timeline_as_it_should_be_has_no_notes(rows: str) -> None:
    assert imported(HEAD + rows)[1].notes == ()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (HEAD, 6, "FRAME: TEXT"),
        (HEAD + "0: a\nfive: b", 9, "'five: b' is not an event"),
        (HEAD + "0: a\n99999999999: b", 9, "is not an event"),
        ("max frame: 3\n0: a harbour", 2, "_____"),
    ],
)
def test_what_is_no_timeline_is_said_with_its_line(text: str, place: int, words: str) -> None:
    with pytest.raises(ImportFileError, match=words) as caught:
        imported(text)
    assert caught.value.file == "piece.txt"
    assert caught.value.line == place


HUGE = "0: x:9" + "9" * 400
lines = st.one_of(
    st.text(max_size=30), st.builds("{}: {}".format, st.integers(0, 10**13), st.text(max_size=40)),
    st.builds("{}: {!r}".format, st.integers(0, 999), st.lists(st.text(max_size=9), max_size=10)),
    st.builds("{}: {}:{}".format, st.integers(0, 999), st.text(max_size=9), st.floats()),
    st.sampled_from(["_____", "max frame: 3", "length timecode: 1:1:1", "0: Black.", "audio files: [", HUGE]),
)  # fmt: skip


@given(st.lists(lines, max_size=12), st.booleans())
def test_any_lines_become_a_patch_that_plays_or_are_refused_with_their_line(rows: list[str], whole: bool) -> None:
    try:
        patch, _ = imported((HEAD if whole else "_____\n") + "\n".join(rows))
    except ImportFileError as error:
        assert error.line or "recognised" in str(error) or "JSON" in str(error) or "UTF-8" in str(error)
        return
    values(patch, [0.0, 1.0])


@given(st.dictionaries(st.integers(0, 10_000), st.text("abc ", min_size=1, max_size=8).filter(str.strip), min_size=1))
def test_what_is_shown_at_a_frame_is_the_last_event_up_to_there(events: dict[int, str]) -> None:
    frames = sorted({*events, *(frame + 1 for frame in events), max(0, min(events) - 1)})
    seen = at(HEAD + "\n".join(f"{frame}: {text}" for frame, text in events.items()), *frames)
    for frame, one in zip(frames, seen, strict=True):
        last = max((start for start in events if start <= frame), default=None)
        assert one == {"" if last is None else events[last].strip(): 1.0}


def test_recognised_by_its_rule_or_header() -> None:
    assert author.recognised(PIECE)
    assert author.recognised("max frame: 3")
    assert not author.recognised("a letter\nto somebody")
