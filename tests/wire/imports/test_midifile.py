"""MIDI files: tempo map, time signatures, markers as cues, and the tracks that were asked for."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from imported import imported, values
from mido import Message, MetaMessage, MidiFile, MidiTrack

from perf.core.patch import Patch
from perf.errors import ImportFileError
from perf.wire.imports.draft import Asked, Imported

BEAT = 480


def song(*messages: Message | MetaMessage, kind: int = 1, division: int = BEAT) -> bytes:
    """A file of one track; the times of its messages are in ticks from the one before."""
    file = MidiFile(type=kind, ticks_per_beat=division)
    file.tracks.append(MidiTrack(messages))
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def made(data: bytes, *maps: str) -> tuple[Patch, Imported]:
    return imported(data, Asked("song", "song.mid", maps))


def notes(data: bytes, *maps: str) -> str:
    return "\n".join(made(data, *maps)[1].notes)


def tempo(bpm: float, time: int = 0) -> MetaMessage:
    return MetaMessage("set_tempo", tempo=round(60e6 / bpm), time=time)


def cc(value: int, time: int = 0, channel: int = 0) -> Message:
    return Message("control_change", control=74, value=value, channel=channel, time=time)


def test_the_tempo_map_is_the_tempo_curve() -> None:
    patch, _ = made(song(tempo(60), tempo(120, 4 * BEAT), tempo(90, 4 * BEAT)))
    assert patch.tempo == 60
    found = [(row.beat, row.tempo) for row in (patch.transport.place(0, at) for at in (0.0, 2.0, 4.0, 5.0, 6.0, 8.0))]
    assert [beat for beat, _ in found] == pytest.approx([0, 2, 4, 6, 8, 11], abs=1e-4)
    assert [bpm for _, bpm in found] == pytest.approx([60, 60, 120, 120, 90, 90], rel=1e-4)


def test_a_tempo_that_no_clock_has_is_brought_into_range() -> None:
    patch, _ = made(song(tempo(3000)))
    assert patch.tempo == 999
    assert "1 tempi, the first at beat 4, lie outside of 20…999" in notes(song(tempo(60), tempo(3000, 4 * BEAT)))


def test_time_signatures_count_bars() -> None:
    def signature(count: int, unit: int, time: int = 0) -> MetaMessage:
        return MetaMessage("time_signature", numerator=count, denominator=unit, time=time)

    patch, _ = made(song(signature(3, 4), signature(7, 8, 6 * BEAT)))
    assert patch.meter.changes == ((0, 3.0), (2, 3.5))
    late = song(signature(4, 4), signature(3, 4, 6 * BEAT))
    assert made(late)[0].meter.changes == ((0, 4.0), (2, 3.0))
    assert "3/4 at beat 6 lies within a bar: it counts from the next" in notes(late)
    within = (signature(1, 4, BEAT // 2), signature(3, 4, BEAT // 4))
    twice = song(signature(4, 4), *within, signature(2, 4, 6 * BEAT + BEAT // 4))
    assert made(twice)[0].meter.changes == ((0, 4.0), (1, 3.0), (2, 2.0)), "of two within a bar the later one counts"
    assert "cannot be played" in notes(song(signature(3, 64)))


def test_markers_are_cues_with_names_of_their_own() -> None:
    def marker(text: str, time: int) -> MetaMessage:
        return MetaMessage("marker", text=text, time=time)

    names = ["verse", "a/b", "verse", "", "Strophe später".encode().decode("latin-1")]
    patch, _ = made(song(*(marker(text, 4 * BEAT) for text in names)))
    cues = [(cue.name, cue.at) for cue in patch.timeline.cues]
    assert cues == [("verse", 4.0), ("a-b", 8.0), ("verse 2", 12.0), ("marker", 16.0), ("Strophe später", 20.0)]


def test_a_controller_moves_a_parameter_through_its_range() -> None:
    data = song(tempo(120), cc(0), cc(127, BEAT), cc(64, BEAT), cc(127, BEAT, channel=9))
    patch, _ = made(data, "cc74@1=/camera/zoom")
    param = patch.table["/camera/zoom"]
    found = [row["/camera/zoom"] for row in values(patch, [0.0, 0.49, 0.51, 1.01, 2.0])]
    wanted = [param.minimum, param.minimum, param.maximum, *[param.denormalise(64 / 127)] * 2]
    assert found == pytest.approx(wanted, abs=1e-5)


def test_a_note_is_as_high_as_its_velocity_while_it_is_held() -> None:
    data = song(
        Message("note_on", note=36, velocity=127, time=BEAT),
        Message("note_off", note=36, time=BEAT),
        Message("note_on", note=36, velocity=64, time=BEAT),
        Message("note_on", note=36, velocity=0, time=BEAT),
    )
    patch, _ = made(data, "note36=/sampler/skip")
    found = [row["/sampler/skip"] for row in values(patch, [0.1, 0.6, 1.1, 1.6, 2.1])]
    assert found == pytest.approx([0, 1, 0, 64 / 127, 0], abs=1e-5)


def test_what_nobody_asked_for_is_named() -> None:
    data = song(cc(1), Message("note_on", note=60, channel=9), Message("pitchwheel", pitch=5),
                Message("program_change", program=3), MetaMessage("lyrics", text="la"))  # fmt: skip
    words = notes(data)
    assert "channel 1: controllers cc74 (1), not mapped" in words
    assert '--map "note60@10=/sampler/skip"' in words
    assert "lyrics (1), pitchwheel (1), program_change (1): not played" in words
    assert "cc74" not in notes(data, "cc74=/sampler/skip")
    assert "the file has none of these" in notes(data, "cc7=/sampler/skip")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cc128=/sampler/skip", "give cc0…cc127 or note0…note127"),
        ("cc1@17=/sampler/skip", "@CHANNEL 1…16"),
        ("knob", "and =/ADDRESS"),
        ("cc1=/nowhere", "`retrograde params` lists them"),
        ("cc1=/prompt/1/text", "takes numbers"),
    ],
)
def test_a_wrong_map_is_refused_with_what_is_allowed(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made(song(cc(1)), text)


def test_time_code_divisions_count_seconds_at_120() -> None:
    data = song(cc(1), cc(127, 1000), division=-25 * 256 + 40)
    patch, one = made(data, "cc74=/sampler/skip")
    assert "25 frames a second" in "\n".join(one.notes)
    assert values(patch, [0.9, 1.1])[1]["/sampler/skip"] == 1.0


def test_29_frames_of_time_code_are_29_97() -> None:
    frames = round(600 * 30_000 / 1001)
    data = song(MetaMessage("marker", text="end", time=frames * 100), division=-29 * 256 + 100)
    (cue,) = made(data)[0].timeline.cues
    assert cue.at == pytest.approx(600 * 2, abs=0.01)  # beats of 120 BPM
    assert "29.97 frames a second" in notes(data)


def test_tempi_leave_time_code_as_it_is() -> None:
    data = song(tempo(150), cc(1), cc(127, 1000), division=-25 * 256 + 40)
    patch, one = made(data, "cc74=/sampler/skip")
    assert patch.tempo == 120
    assert "tempi (1): left out" in "\n".join(one.notes)
    assert values(patch, [0.9, 1.1])[1]["/sampler/skip"] == 1.0


def raw(*events: bytes, before: bytes = b"") -> bytes:
    """A file of one track of such events, and what lies between its header and that."""
    track = b"".join(events) + b"\0\xff\x2f\0"
    return song()[:14] + before + b"MTrk" + len(track).to_bytes(4, "big") + track


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(b"\xff\x59\x02\x08\x00", id="a key of eight sharps"),
        pytest.param(b"\xff\x58\x02\x04\x02", id="a time signature of two bytes"),
        pytest.param(b"\xff\x54\x05\xff\0\0\0\0", id="an offset at a reserved rate"),
        pytest.param(b"\xff\x0a\x01x", id="a kind that nobody knows"),
    ],
)
def test_a_meta_event_that_nobody_understands_leaves_the_rest_as_it_is(strange: bytes) -> None:
    sysex, running = b"\0\xf0\x04\xff\x59\x02\xf7", b"\0\xb0\x4a\0" + b"\0\x4a\1"
    data = raw(sysex, running, b"\0\xc0\3", b"\x83\x60" + strange, b"\0\xff\x06\3one")
    patch, one = made(data)
    assert [(cue.name, cue.at) for cue in patch.timeline.cues] == [("one", 1.0)]
    assert "meta events that cannot be made out (1)" in "\n".join(one.notes)


def test_chunks_of_other_programs_are_skipped() -> None:
    marker = b"\0\xff\x06\3one"
    data = raw(marker, before=b"XFIH\0\0\0\2ab")
    assert [cue.name for cue in made(data)[0].timeline.cues] == ["one"]
    assert "chunks of other programs, XFIH: left out" in notes(data)
    assert "chunks" not in notes(raw(marker) + b"\0" * 100)


def test_a_header_that_lies_about_its_tracks_is_said() -> None:
    data = song(tempo(90))
    with pytest.raises(ImportFileError, match="its header promises 65535 tracks, and 1 are there"):
        made(data[:10] + b"\xff\xff" + data[12:])
    with pytest.raises(ImportFileError, match="is not a whole MIDI file: it ends too early"):
        made(data[:10] + b"\0\2" + data[12:])
    assert "the header promises 1 tracks, and 1 more follow: they are left out" in notes(data + data[14:])


def test_a_riff_file_is_unwrapped() -> None:
    data = song(tempo(90))
    assert made(b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + data)[0].tempo == 90


WHOLE = song(tempo(90), MetaMessage("marker", text="one", time=BEAT), cc(3, 7), cc(4, BEAT),
             MetaMessage("time_signature", numerator=3, time=9), MetaMessage("track_name", name="k"))  # fmt: skip


@given(st.integers(0, len(WHOLE)), st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6))
@example(12, [])
def test_a_cut_or_lying_file_is_played_or_refused(length: int, lies: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in lies:
        data[place] = byte
    try:
        patch, _ = made(bytes(data[:length]))
    except ImportFileError as error:
        assert error.file == "song.mid"
        return
    values(patch, [0.0, 1.0])
