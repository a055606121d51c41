"""MIDI controls as scores: what is played, what the parameter does."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import Message

from perf.core.event import Value
from perf.core.param import Param, Table
from perf.core.patch import Binding
from perf.wire.midi import MidiMap
from perf.wire.midilearn import WINDOW, stable_name

TABLE = Table(
    [
        Param("/level", "float", 0.0),
        Param("/wide", "float", 0.0, -10.0, 10.0),
        Param("/rate", "float", 1.0, 0.5, 120.0, warp="exp"),
        Param("/count", "int", 1, 1, 4),
        Param("/kind", "choice", "a", choices=("a", "b", "c")),
        Param("/on", "bool", False),
        Param("/bang", "trigger", False, access="w"),
        Param("/words", "text", ""),
        Param("/seen", "float", 0.0, access="r"),
    ]
)
PORT = "nanoKONTROL2:nanoKONTROL2 MIDI 1"


def playing(*bindings: Binding, **values: Value) -> MidiMap:
    """A map that has seen the parameters at `values`."""
    midimap = MidiMap(bindings, TABLE)
    assert midimap.refused == []
    see(midimap, **values)
    return midimap


def see(midimap: MidiMap, **values: Value) -> None:
    """Enough ticks with these values for everything to have arrived."""
    for _ in range(4):
        midimap.observe(TABLE.defaults | {f"/{name}": value for name, value in values.items()})


def play(midimap: MidiMap, *messages: tuple[int, ...], at: float = 0.0, port: str = PORT) -> list[Value]:
    """The values that messages send, in order."""
    return [e.args[0] for m in messages for e in midimap.feed(m, at, port)]  # type: ignore[misc]


def cc(number: int, *values: int, channel: int = 1) -> list[tuple[int, int, int]]:
    return [(0xB0 | channel - 1, number, value) for value in values]


def free(kind: str, number: int, address: str, **options: object) -> Binding:
    return Binding(kind, number, address, takeover="none", **options)  # type: ignore[arg-type]


def test_an_event_says_who_when_and_the_real_value() -> None:
    [event] = playing(free("cc", 7, "/wide")).feed(Message("control_change", control=7, value=127), 2.5, PORT)
    assert (event.seconds, event.address, event.args, event.source) == (2.5, "/wide", (10.0,), f"midi:{PORT}")


@pytest.mark.parametrize(
    ("kind", "number", "message", "value"),
    [
        ("cc", 7, (0xB0, 7, 127), 1.0),
        ("note", 60, (0x90, 60, 127), 1.0),
        ("bend", 0, (0xE0, 0, 64), 0.5),
        ("bend", 0, (0xE0, 127, 127), 1.0),
        ("bend", 0, (0xE0, 0, 0), 0.0),
        ("pressure", 0, (0xD0, 127), 1.0),
        ("pressure", 60, (0xA0, 60, 127), 1.0),
        ("program", 0, (0xC0, 127), 1.0),
    ],
)
def test_every_kind_of_control(kind: str, number: int, message: tuple[int, ...], value: float) -> None:
    assert play(playing(free(kind, number, "/level")), message) == [pytest.approx(value)]


def test_channel_and_port_choose() -> None:
    midimap = playing(free("cc", 1, "/level", channel=2, port="nano"))
    assert play(midimap, *cc(1, 127, channel=1)) == []
    assert play(midimap, *cc(1, 127, channel=2)) == [1.0]
    assert play(midimap, *cc(1, 0, channel=2), port="other") == []


@pytest.mark.parametrize(
    ("part", "ports"),
    [("", ["nano", "nano #2", "pad"]), ("nan", ["nano", "nano #2"]), ("nano", ["nano"]), ("nano #2", ["nano #2"])],
)
def test_a_whole_name_means_one_of_two_twins(part: str, ports: list[str]) -> None:
    midimap = playing(free("cc", 7, "/level", port=part))
    assert [port for port in ("nano", "nano #2", "pad") if play(midimap, *cc(7, 5), port=port)] == ports


def test_one_control_may_play_several_parameters() -> None:
    midimap = playing(free("cc", 1, "/level"), free("cc", 1, "/wide", low=1.0, high=0.0))
    assert play(midimap, (0xB0, 1, 127)) == [1.0, -10.0]


@pytest.mark.parametrize(("curve", "half"), [("linear", 0.5), ("exp", 0.25), ("log", math.sqrt(0.5)), ("s", 0.5)])
def test_curves_bend_the_way_between_the_same_ends(curve: str, half: float) -> None:
    midimap = playing(free("bend", 0, "/level", curve=curve))
    assert play(midimap, (0xE0, 0, 0), (0xE0, 0, 64), (0xE0, 127, 127)) == pytest.approx([0.0, half, 1.0])


def test_ranges_warps_and_kinds() -> None:
    assert play(playing(free("cc", 1, "/level", low=0.2, high=0.4)), *cc(1, 0, 127)) == pytest.approx([0.2, 0.4])
    assert play(playing(free("bend", 0, "/rate")), (0xE0, 0, 64)) == pytest.approx([math.sqrt(0.5 * 120)])
    assert play(playing(free("cc", 1, "/count")), *cc(1, 0, 64, 127)) == [1, 3, 4]
    assert play(playing(free("cc", 1, "/kind")), *cc(1, 0, 64, 127)) == ["a", "b", "c"]
    assert play(playing(free("cc", 1, "/on")), *cc(1, 0, 64, 127)) == [False, True, True]


def test_fourteen_bits_come_in_two_halves() -> None:
    """The high half alone sets the low half to 0; the low half refines it; a low half without a high one is nothing."""
    midimap = playing(free("cc14", 5, "/level"))
    assert play(midimap, *cc(37, 99)) == []
    heard = play(midimap, *cc(5, 64), *cc(37, 1), *cc(5, 65), *cc(37, 127))
    assert heard == pytest.approx([v / 16383 for v in (64 << 7, (64 << 7) + 1, 65 << 7, (65 << 7) + 127)])


def test_a_momentary_pad_sounds_while_it_is_held() -> None:
    midimap = playing(free("note", 36, "/level", mode="momentary"), free("note", 37, "/on", mode="momentary"))
    assert play(midimap, (0x90, 36, 127), (0x80, 36, 64), (0x90, 36, 127), (0x90, 36, 0)) == [1.0, 0.0, 1.0, 0.0]
    assert play(midimap, (0x90, 37, 1), (0x80, 37, 0)) == [True, False]


def test_an_absolute_note_leaves_its_velocity() -> None:
    assert play(playing(free("note", 36, "/level")), (0x90, 36, 127), (0x80, 36, 0)) == [1.0]


def test_a_toggle_turns_with_each_press() -> None:
    midimap = playing(Binding("note", 36, "/on", mode="toggle"))
    press, release = (0x90, 36, 100), (0x80, 36, 0)
    assert play(midimap, press, release, press, release, press) == [True, False, True]


def test_a_toggle_follows_what_others_did() -> None:
    midimap = playing(Binding("cc", 36, "/on", mode="toggle"))
    assert play(midimap, *cc(36, 127, 0)) == [True]
    see(midimap, on=False)
    assert play(midimap, *cc(36, 127, 0)) == [True]


def test_a_trigger_fires_on_the_way_down_only() -> None:
    midimap = playing(Binding("note", 36, "/bang", mode="trigger"), Binding("cc", 9, "/bang"))
    assert play(midimap, (0x90, 36, 1), (0x80, 36, 0), (0x90, 36, 9)) == [True, True]
    assert play(midimap, *cc(9, 0, 30, 63, 64, 90, 127, 30, 127)) == [True, True]


def test_a_program_is_a_value_or_a_button() -> None:
    midimap = playing(free("program", 3, "/bang", mode="trigger"), free("program", 0, "/level"))
    assert play(midimap, (0xC0, 2)) == [pytest.approx(2 / 127)]
    assert play(midimap, (0xC0, 3), (0xC0, 3)) == [True, pytest.approx(3 / 127)] * 2


@pytest.mark.parametrize(
    ("mode", "up", "down"), [("relative", 1, 127), ("relative-offset", 65, 63), ("relative-sign", 1, 65)]
)
def test_endless_encoders_move_from_where_the_parameter_is(mode: str, up: int, down: int) -> None:
    midimap = playing(free("cc", 1, "/level", mode=mode), level=0.5)
    step = 1 / 127
    assert play(midimap, *cc(1, up, up, down)) == pytest.approx([0.5 + step, 0.5 + 2 * step, 0.5 + step])
    see(midimap, level=1.0)
    assert play(midimap, *cc(1, up)) == [1.0]


@pytest.mark.parametrize("ticks", [1, 2, 3, 6])
def test_every_click_counts_however_slowly_an_encoder_is_turned(ticks: int) -> None:
    """Of whole numbers and choices many clicks are one step: those before it are not forgotten."""
    values: dict[str, Value] = {"/count": 1, "/kind": "a"}
    bindings = (Binding("cc", n, address, mode="relative") for n, address in enumerate(values))
    midimap = playing(*bindings, count=1, kind="a")
    for _ in range(64):
        for number in range(len(values)):
            values |= {e.address: e.args[0] for e in midimap.feed((0xB0, number, 1), 0.0, PORT)}
        for _ in range(ticks):
            midimap.observe(TABLE.defaults | values)
    assert values == {"/count": 3, "/kind": "b"}


def test_an_encoder_goes_on_from_where_a_glide_will_end_and_not_from_where_somebody_stopped_it() -> None:
    midimap = playing(Binding("cc", 1, "/level", mode="relative"), level=0.0)
    assert play(midimap, *cc(1, 63)) == [pytest.approx(63 / 127)]
    for n in range(10):
        midimap.observe({"/level": n / 127})
    assert play(midimap, *cc(1, 1)) == [pytest.approx(64 / 127)]
    for n in range(10, 20):
        midimap.observe({"/level": n / 127})
    see(midimap, level=20 / 127)
    assert play(midimap, *cc(1, 1)) == [pytest.approx(21 / 127)]


SWEEP = [0, 11, 23, 38, 51, 70, 90]


def test_pickup_engages_on_crossing_however_fast_the_fader() -> None:
    """Parameter at 60: no message equals it, the one that passes it takes over (Deluge#1707)."""
    midimap = playing(Binding("cc", 1, "/level"), level=60 / 127)
    assert play(midimap, *cc(1, *SWEEP)) == pytest.approx([70 / 127, 90 / 127])


def test_pickup_engages_from_above_and_when_near() -> None:
    assert play(playing(Binding("cc", 1, "/level"), level=0.5), *cc(1, 100, 80, 40)) == [pytest.approx(40 / 127)]
    assert play(playing(Binding("cc", 1, "/level"), level=62 / 127), *cc(1, 60, 61)) == pytest.approx(
        [60 / 127, 61 / 127]
    )


def test_pickup_works_at_the_ends_of_a_narrow_range() -> None:
    """The parameter lies beyond what the fader reaches: its end takes over."""
    midimap = playing(Binding("cc", 1, "/level", high=0.5), level=0.9)
    assert play(midimap, *cc(1, 60, 120, 127)) == [0.5]


def test_somebody_else_moving_the_parameter_takes_it_from_the_fader() -> None:
    """Fader at 70, then OSC sets 0.2: the fader is silent until it passes 0.2."""
    midimap = playing(Binding("cc", 1, "/level"), level=60 / 127)
    play(midimap, *cc(1, 50, 70))
    see(midimap, level=70 / 127)
    assert play(midimap, *cc(1, 72)) == [pytest.approx(72 / 127)]
    see(midimap, level=72 / 127)
    see(midimap, level=0.2)
    assert play(midimap, *cc(1, 75, 60, 30)) == []
    assert play(midimap, *cc(1, 20)) == [pytest.approx(20 / 127)]


def test_a_parameter_gliding_to_the_fader_was_not_moved_by_others() -> None:
    midimap = playing(Binding("cc", 1, "/level"), level=0.0)
    assert play(midimap, *cc(1, 0, 127)) == [0.0, 1.0]
    for n in range(20):
        midimap.observe({"/level": n / 20})
    assert play(midimap, *cc(1, 100)) == [pytest.approx(100 / 127)]


def test_value_scaling_spreads_the_way_that_is_left() -> None:
    """Live's scaling: fader 64 of 127, parameter 0.2; up to the end it arrives, and down to 0 too."""
    midimap = playing(Binding("cc", 1, "/level", takeover="scale"), level=0.2)
    assert play(midimap, *cc(1, 64)) == []
    up = play(midimap, *cc(1, 80, 100, 127))
    assert up == sorted(up)
    assert up[-1] == pytest.approx(1.0)
    assert up[0] == pytest.approx(0.2 + 0.8 * 16 / 63)
    assert play(midimap, *cc(1, 60, 0))[-1] == pytest.approx(0.0)


@given(st.lists(st.integers(0, 127), min_size=1, max_size=60), st.floats(0, 1), st.sampled_from(["pickup", "scale"]))
def test_no_takeover_ever_jumps(values: list[int], start: float, takeover: str) -> None:
    """A parameter never moves against the fader, and with pick-up never farther than the fader did."""
    midimap = playing(Binding("cc", 1, "/level", takeover=takeover), level=start)
    before, level = values[0], start
    for value in values:
        for new in play(midimap, *cc(1, value)):
            assert isinstance(new, float)
            assert -1e-9 <= new <= 1 + 1e-9
            assert abs(new - level) <= abs(value - before) / 127 + 2 / 127 + 1e-9 or takeover == "scale"
            assert (new - level) * (value - before) >= 0 or abs(new - level) <= 4 / 127
            level = new
        before = value


def learned(midimap: MidiMap, at: float = 1.0) -> Binding | None:
    return midimap.learned(at + WINDOW)


def test_learn_takes_the_control_that_moves_most() -> None:
    """A jittering fader and a held pad do not win against the knob that is turned."""
    midimap = playing()
    midimap.learn("/level")
    assert midimap.learning == "/level"
    for n in range(20):
        play(midimap, (0xB1, 20, n * 3), (0xB0, 5, 60 + n % 2), (0xD0, n % 2), at=1.0 + n * 0.01)
        assert midimap.learned(1.0 + n * 0.01) is None
    assert learned(midimap) == Binding("cc", 20, "/level", channel=2, port=PORT)
    assert (learned(midimap), midimap.learning) == (None, "")
    assert midimap.bindings == (Binding("cc", 20, "/level", channel=2, port=PORT),)


def test_learn_takes_two_halves_for_one_control() -> None:
    midimap = playing()
    midimap.learn("/level")
    for n in range(10):
        play(midimap, *cc(5, 60 + n // 4), *cc(37, n * 50 % 128), at=1.0 + n * 0.02)
    assert learned(midimap) == Binding("cc14", 5, "/level", channel=1, port=PORT)


def test_learn_does_not_take_two_neighbours_for_halves() -> None:
    """Fader 0 moved while button 32 was pressed once (nanoKONTROL2)."""
    midimap = playing()
    midimap.learn("/level")
    play(midimap, *cc(0, 1, 5, 10), *cc(32, 127), *cc(0, 20, 40, 90), at=1.0)
    assert learned(midimap) == Binding("cc", 0, "/level", channel=1, port=PORT)


@pytest.mark.parametrize(
    ("address", "messages", "kind", "mode"),
    [
        ("/on", [(0x90, 36, 100), (0x80, 36, 0)], "note", "toggle"),
        ("/on", [(0xB0, 41, 127), (0xB0, 41, 0)], "cc", "toggle"),
        ("/on", [(0xB0, 41, 3), (0xB0, 41, 90)], "cc", "absolute"),
        ("/bang", [(0x90, 36, 100)], "note", "trigger"),
        ("/level", [(0x90, 36, 100)], "note", "momentary"),
        ("/level", [(0xE0, 0, 70), (0xE0, 0, 80)], "bend", "absolute"),
        ("/level", cc(16, 1, 1, 1, 2), "cc", "relative"),
        ("/level", cc(16, 127, 127, 127, 1), "cc", "relative"),
        ("/level", cc(16, 65, 65, 63, 63), "cc", "relative-offset"),
        ("/level", cc(16, 1, 1, 65, 65), "cc", "relative-sign"),
        ("/level", cc(16, 63, 64, 65, 64, 63), "cc", "absolute"),
        ("/level", cc(16, 64, 64, 64), "cc", "absolute"),
        ("/level", cc(16, 1, 2, 3), "cc", "absolute"),
        ("/level", cc(16, 127), "cc", "absolute"),
    ],
)
def test_learn_guesses_how_a_control_is_played(
    address: str, messages: list[tuple[int, ...]], kind: str, mode: str
) -> None:
    midimap = playing()
    midimap.learn(address)
    play(midimap, *messages, at=1.0)
    binding = learned(midimap)
    assert binding is not None
    assert (binding.kind, binding.mode) == (kind, mode)


def test_learn_waits_for_a_control_however_long() -> None:
    midimap = playing()
    midimap.learn("/level")
    play(midimap, (0x80, 36, 0), (0xF8,), at=0.5)
    assert midimap.learned(1000.0) is None
    play(midimap, (0xB0, 1, 5), at=1000.0)
    assert midimap.learned(1000.0 + WINDOW) is not None


def test_a_learned_control_plays_at_once_and_replaces_the_former() -> None:
    midimap = playing(free("cc", 1, "/level"), free("cc", 1, "/wide"))
    midimap.learn("/level")
    play(midimap, *cc(2, 0, 1), at=1.0)
    learned(midimap)
    assert [(b.number, b.address) for b in midimap.bindings] == [(1, "/wide"), (2, "/level")]
    assert play(midimap, *cc(2, 0, 60)) == pytest.approx([0.0, 60 / 127])


def test_forget_unbinds_and_ends_learning() -> None:
    midimap = playing(free("cc", 1, "/level"))
    midimap.learn("/level")
    assert midimap.forget("/level") == 1
    assert (midimap.bindings, midimap.learning) == ((), "")
    assert play(midimap, *cc(1, 5)) == []


@pytest.mark.parametrize(("address", "words"), [("/words", "is a text"), ("/seen", r"\(r\)"), ("/no", "no parameter")])
def test_what_cannot_be_bound_is_said(address: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        playing().learn(address)
    midimap = MidiMap([Binding("cc", 1, address)], TABLE)
    assert len(midimap.refused) == 1
    assert play(midimap, *cc(1, 5)) == []


def test_a_binding_that_cannot_be_is_no_binding_that_was_forgotten() -> None:
    midimap = MidiMap([written := Binding("cc", 7, "/words"), Binding("cc", 8, "/level")], TABLE)
    midimap.forget("/level")
    assert midimap.bindings == (written,)
    midimap.forget("/words")
    assert midimap.bindings == ()


def test_what_was_learned_and_not_saved_survives_a_reload() -> None:
    former = playing(free("cc", 9, "/wide"))
    former.learn("/level")
    play(former, *cc(2, 0, 1), at=1.0)
    learned(former)
    former.learn("/count")
    renewed = playing()
    renewed.inherit(former)
    assert [b.address for b in renewed.bindings] == ["/level"]
    assert renewed.learning == "/count"
    changed = playing(free("cc", 3, "/level"))
    changed.inherit(former)
    assert [b.number for b in changed.bindings] == [3]


@pytest.mark.parametrize("takeover", ["pickup", "scale"])
def test_a_reload_takes_no_fader_from_the_hand(takeover: str) -> None:
    """On a fast move no message comes near to where the fader was when the patch was read again."""
    binding = Binding("cc", 7, "/level", takeover=takeover)
    former = playing(binding)
    at = play(former, *cc(7, 0, 20, 40, 60))[-1]
    see(former, level=at)
    midimap = MidiMap((binding,), TABLE)
    midimap.inherit(former)
    see(midimap, level=at)
    assert play(midimap, *cc(7, 90)) == pytest.approx([90 / 127])
    assert midimap.echo() == []


def test_a_reload_that_gives_a_parameter_another_range_gives_its_fader_another_hold() -> None:
    binding = Binding("cc", 7, "/level")
    former = playing(binding)
    play(former, *cc(7, 0, 60))
    midimap = MidiMap((binding,), Table([Param("/level", "float", 0.0, 0.0, 100.0)]))
    midimap.inherit(former)
    midimap.observe({"/level": 0.5})
    assert play(midimap, *cc(7, 90)) == []


def test_the_halves_of_a_control_come_together_over_a_reload() -> None:
    binding = free("cc14", 1, "/level")
    former = playing(binding)
    play(former, (0xB0, 1, 64))
    midimap = MidiMap((binding,), TABLE)
    midimap.inherit(former)
    assert play(midimap, (0xB0, 33, 1)) == pytest.approx([8193 / 16383])


def test_a_choice_that_is_no_longer_there_is_looked_past() -> None:
    midimap = playing(free("cc", 21, "/kind"), kind="b")
    see(midimap, kind="the former patch's")
    assert play(midimap, *cc(21, 127)) == ["c"]


def test_a_port_is_found_again_when_its_numbers_have_changed() -> None:
    assert stable_name("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0") == "nanoKONTROL2:nanoKONTROL2 MIDI 1"
    assert stable_name("Controller:Knobs") == "Controller:Knobs"


def test_the_controller_shows_what_others_did() -> None:
    """Everything at first, then changes; the hand that holds a fader is left alone."""
    midimap = playing(Binding("cc", 1, "/level", port="nano"), Binding("note", 36, "/on", mode="toggle", channel=3))
    see(midimap, level=0.5, on=True)
    assert midimap.echo() == [("nano", bytes((0xB0, 1, 64))), ("", bytes((0x92, 36, 127)))]
    assert midimap.echo() == []
    play(midimap, *cc(1, 70, 60), port="nano")
    see(midimap, level=60 / 127, on=False)
    assert midimap.echo() == [("", bytes((0x92, 36, 0)))]
    see(midimap, level=0.25, on=False)
    assert midimap.echo() == [("nano", bytes((0xB0, 1, 32)))]
    midimap.shown_anew("nano 1")
    assert midimap.echo() == [("nano", bytes((0xB0, 1, 32))), ("", bytes((0x92, 36, 0)))]


def test_a_fader_that_repeats_what_it_was_told_moves_nothing() -> None:
    """Seven bits of 0.503 are 0.504: a motor fader's answer must not be taken for a hand."""
    midimap = playing(Binding("cc", 1, "/level"), level=0.503)
    assert midimap.echo() == [("", bytes((0xB0, 1, 64)))]
    assert play(midimap, *cc(1, 64)) == []
    assert play(midimap, *cc(1, 66)) == [pytest.approx(66 / 127)]


def test_fourteen_bits_are_shown_in_two_halves_and_curves_backwards() -> None:
    assert playing(free("cc14", 5, "/level"), level=1.0).echo() == [("", b"\xb0\x05\x7f"), ("", b"\xb0\x25\x7f")]
    for curve in ("exp", "log", "s"):
        midimap = playing(free("cc", 1, "/level", curve=curve))
        [value] = play(midimap, *cc(1, 40))
        for level in (value, 0.9, value):
            see(midimap, level=level)
        assert midimap.echo() == [("", bytes((0xB0, 1, 40)))], curve


@given(st.lists(st.binary(max_size=6), max_size=30))
@settings(max_examples=300)
def test_rubbish_never_raises(messages: list[bytes]) -> None:
    kinds = ("cc", "cc14", "note", "bend", "pressure", "program")
    midimap = playing(*(Binding(kind, n, "/level") for kind in kinds for n in (0, 1, 64)))
    midimap.learn("/on")
    for n, message in enumerate(messages):
        for event in midimap.feed(message, n * 0.1, PORT):
            assert 0.0 <= event.args[0] <= 1.0  # type: ignore[operator]
        midimap.learned(n * 0.1)
        midimap.echo()
