"""Cues fire on their line, late ones as of it; they follow, wait and jump; a seek stands as if all had been played."""

import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core import conductor
from perf.core.apply import Desk
from perf.core.condition import LOOKS, holds
from perf.core.event import Event
from perf.core.formula import Formula
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.core.state import State
from perf.core.tick import Tick, tick
from perf.errors import PatchError
from perf.ports.library import Library
from perf.wire.patch import parse

FPS = 50


def read(text: str) -> Patch:
    return parse("[clock]\ntempo = 60\n" + text, lambda name: pytest.fail(name), "p.toml")  # a beat is a second


def cue(name: str, zoom: float, rest: str = "") -> str:
    return f'[[cue]]\nname = "{name}"\nvalues = {{ "/camera/zoom" = {zoom} }}\n{rest}\n'


def play(patch: Patch, seconds: float, events: Iterable[Event] = (), state: State | None = None) -> list[Tick]:
    """The show's ticks up to `seconds`; an event is heard in the first tick at or after its time."""
    state, waiting, ticks = state or State(transport=patch.transport), list(events), []
    for index in range(round(state.seconds * FPS), round(seconds * FPS) + 1):
        now = index / FPS
        due = [event for event in waiting if event.seconds <= now]
        waiting = [event for event in waiting if event.seconds > now]
        ticks.append(tick(patch, state, due, Moment(index, now)))
        state = ticks[-1].state
    return ticks


def changes(ticks: list[Tick], address: str = "/camera/zoom") -> list[tuple[float, object]]:
    """(beat, value) wherever the value changes."""
    rows = [(round(one.frame.moment.beat, 2), one.frame.values[address]) for one in ticks]
    return [row for i, row in enumerate(rows) if not i or row[1] != rows[i - 1][1]]


def test_placed_cues_fire_at_their_beats() -> None:
    patch = read(cue("a", 0.1, "at = 0") + cue("b", 0.2, "at = 1.5") + cue("c", 0.3, "at = 1.5"))
    assert changes(play(patch, 3.0)) == [(0.0, 0.1), (1.5, 0.3)]


def test_go_waits_for_the_bar() -> None:
    patch = read(cue("a", 0.1, 'quantise = "bar"') + cue("b", 0.2, "quantise = 1"))
    go = [Event(1.3, "/cue/go", ("a",)), Event(5.5, "/cue/b/go")]
    assert changes(play(patch, 7.0, go)) == [(0.0, 0.0), (4.0, 0.1), (6.0, 0.2)]


def test_a_cue_a_little_late_counts_as_on_the_line() -> None:
    patch = read(cue("a", 1.0, "quantise = 4\nfade = 2"))
    ticks = play(patch, 5.0, [Event(4.06, "/cue/go", ("a",))])
    assert ticks[-1].frame.values["/camera/zoom"] == pytest.approx(0.5), "its fade began on beat 4"


def test_a_fade_begins_at_the_value_of_the_moment() -> None:
    patch = read(cue("a", 1.0, "fade = 2") + cue("b", 0.0, "fade = 1"))
    go = [Event(0.0, "/cue/go", ("a",)), Event(1.0, "/cue/go", ("b",))]
    seen = {round(one.frame.moment.beat, 2): one.frame.values["/camera/zoom"] for one in play(patch, 2.0, go)}
    assert [seen[beat] for beat in (0.5, 1.0, 1.5, 2.0)] == pytest.approx([0.25, 0.5, 0.25, 0.0])


def test_cues_follow_one_another() -> None:
    patch = read(cue("a", 0.1, 'at = 0\nfollow = "b"\nafter = 1') + cue("b", 0.2, 'follow = "a"\nafter = 2'))
    assert changes(play(patch, 5.0)) == [(0.0, 0.1), (1.0, 0.2), (3.0, 0.1), (4.0, 0.2)]


def test_a_cue_loops_back_until_it_has_played_twice() -> None:
    loop = '[[cue.jump]]\nwhen = "since >= 1 and times < 2"\nto = "top"\n'
    patch = read(cue("top", 0.1, "at = 0\nseek = 0") + cue("end", 0.2, "at = 2") + loop)
    found = changes(play(patch, 7.0))
    assert found == [(0.0, 0.1), (2.0, 0.2), (0.0, 0.1), (2.0, 0.2)]


def test_a_cue_jumps_when_the_picture_says_so() -> None:
    jump = '[[cue.jump]]\nwhen = "[/status/images] > 10"\nto = "b"\n'
    patch = read(cue("a", 0.1, "at = 0\n" + jump) + cue("b", 0.2))
    readings = [Event(1.0, "/status/images", (5.0,), "status"), Event(2.0, "/status/images", (15.0,), "status")]
    assert changes(play(patch, 3.0, readings)) == [(0.0, 0.1), (2.0, 0.2)]
    strange = [Event(1.0, "/status/images", (15.0,), "osc:udp:x")]
    assert changes(play(patch, 3.0, strange)) == [(0.0, 0.1)], "only the show says what it has measured"


def test_a_cue_holds_the_transport_until_its_condition() -> None:
    patch = read(cue("a", 0.1, 'at = 1\nuntil = "[/prompt/1/weight] < 0.5"') + cue("b", 0.2, "at = 2"))
    ticks = play(patch, 6.0, [Event(3.0, "/prompt/1/weight", (0.0, 0.0))])
    assert changes(ticks) == [(0.0, 0.0), (1.0, 0.1), (2.0, 0.2)]
    assert ticks[-1].frame.moment.beat == pytest.approx(4.0), "it stood from second 1 to second 3"
    pushed = play(patch, 3.0, [Event(2.0, "/transport/play")])
    assert pushed[-1].frame.moment.beat == pytest.approx(2.0), "play goes on without it"


WAITS = (
    cue("a", 0.1, 'at = 1\nuntil = "[/prompt/1/weight] < 0.5"') + cue("b", 0.2) + cue("bar", 0.3, 'quantise = "bar"')
)


@pytest.mark.parametrize(
    ("event", "zooms"),
    [
        (Event(3.0, "/cue/b/go"), [(1.0, 0.1), (1.0, 0.2)]),
        (Event(3.0, "/cue/bar/go"), [(1.0, 0.1), (4.0, 0.3)]),
        (Event(3.0, "/transport/seek", (2.0,)), [(1.0, 0.1)]),
    ],
)
def test_whoever_leaves_a_cue_that_waits_goes_on(event: Event, zooms: list[tuple[float, float]]) -> None:
    ticks = play(read(WAITS), 8.0, [event])
    assert changes(ticks)[1:] == zooms
    assert ticks[-1].frame.moment.beat == pytest.approx(7.0 if event.address == "/transport/seek" else 6.0)


def test_a_stop_by_hand_is_not_undone_by_a_cue_that_waits() -> None:
    events = [Event(3.0, "/transport/stop", (True,)), Event(4.0, "/prompt/1/weight", (0.0, 0.0))]
    assert play(read(WAITS), 6.0, events)[-1].frame.moment.beat == pytest.approx(1.0)


def test_after_a_wait_a_clock_is_followed_in_its_bar_and_no_beat_is_jumped() -> None:
    clock = [Event(n / 10, "/transport/follow", (n / 10, 60.0), "clock:midi:x") for n in range(450)]
    events = sorted([*clock, Event(7.3, "/prompt/1/weight", (0.0, 0.0))], key=lambda event: event.seconds)
    ticks = play(read(WAITS), 45.0, events)
    beats = [one.frame.moment.beat for one in ticks]
    assert beats[round(7.2 * FPS)] == pytest.approx(1.0)
    assert max(b - a for a, b in pairwise(beats)) < 1.1 / FPS
    assert (45.0 - beats[-1]) % 4 == pytest.approx(0.0, abs=0.01), "the leader's place in the bar"


def test_a_fade_begins_at_the_go_while_the_transport_stands() -> None:
    patch = read(cue("a", 1.0, "fade = 2"))
    ticks = play(patch, 5.0, [Event(1.0, "/transport/stop", (True,)), Event(4.0, "/cue/a/go")])
    assert ticks[-1].frame.values["/camera/zoom"] == pytest.approx(0.5)


SEQUENCE = (
    '[[sequence]]\nname = "{name}"\nlength = 1\n[[sequence.track]]\naddress = "/camera/roll"\nkeys = [[0, {roll}]]\n'
)


def test_a_cue_launches_sequences_in_place_of_the_last_ones() -> None:
    sequences = SEQUENCE.format(name="one", roll=1) + SEQUENCE.format(name="two", roll=2)
    patch = read(sequences + cue("a", 0.1, 'at = 1\nplays = "one"') + cue("b", 0.2, 'at = 2\nplays = ["two"]'))
    assert changes(play(patch, 3.0), "/camera/roll") == [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]


def test_a_seek_stands_as_if_all_had_been_played() -> None:
    patch = read(cue("a", 0.1, "at = 1\nfade = 9") + cue("b", 0.2, "at = 4\nfade = 9") + cue("c", 0.3, "at = 8"))
    state = play(patch, 0.5)[-1].state
    there = play(patch, 1.0, [Event(0.52, "/transport/seek", (6.0,)), Event(0.52, "/camera/roll", (3.0,), "x")], state)
    assert there[-1].frame.values["/camera/zoom"] == 0.2
    back = play(patch, 1.5, [Event(1.02, "/transport/seek", (0.0,))], there[-1].state)
    assert back[-1].frame.values["/camera/zoom"] == 0.0, "what later cues set is let go"
    assert back[-1].frame.values["/camera/roll"] == 3.0, "the performer's hand stays"


ROUND = (
    cue("a", 0.1, 'at = 0\nfollow = "b"\nafter = 4')
    + '[[cue]]\nname = "b"\nvalues = { "/camera/zoom" = 0.2, "/transport/tempo" = {tempo} }\nfollow = "c"\nafter = 3\n'
    + cue("c", 0.3, 'follow = "a"\nafter = 1')
)


@pytest.mark.parametrize(
    ("leap", "tempo"),
    [
        (Event(1.0, "/transport/seek", (1002.5,)), 60),
        (Event(1.0, "/transport/seek", (1002.5,)), 120),
        (Event(1.0, "/transport/follow", (1002.5, 60.0)), 60),
        (Event(1.0, "/transport/follow", (1002.5, 60.0)), 120),
    ],
)
def test_a_chain_left_far_behind_is_where_it_would_be_at_once(leap: Event, tempo: int) -> None:
    ticks = play(read(ROUND.replace("{tempo}", str(tempo))), 1.6, [leap])[FPS:]
    assert {one.frame.values["/camera/zoom"] for one in ticks} == {0.1}
    assert ticks[0].frame.moment.beat == pytest.approx(1002.5)


def test_a_chain_quicker_than_the_frames_does_not_fall_behind() -> None:
    patch = read(cue("a", 0.1, 'at = 0\nfollow = "b"\nafter = 0.001') + cue("b", 0.2, 'follow = "a"\nafter = 0.001'))
    cues = play(patch, 1.0)[-1].state.cues
    assert (cues.since, cues.times["a"]) == (pytest.approx(1.0, abs=2e-3), pytest.approx(501, abs=1))


def test_what_follows_a_placed_cue_is_taken_as_played_before_the_next_one() -> None:
    first = cue("a", 0.1, 'at = 0\nfollow = "x"\nafter = 2') + '[[cue]]\nname = "x"\nvalues = { "/camera/x" = 0.7 }\n'
    ticks = play(read(first + cue("b", 0.2, "at = 8")), 1.0, [Event(0.5, "/transport/seek", (12.0,))])
    assert [ticks[-1].frame.values[a] for a in ("/camera/x", "/camera/zoom")] == [0.7, 0.2]


def test_a_seek_beyond_a_loop_of_cues_leads_there() -> None:
    patch = read(cue("a", 0.1, 'at = 0\nfollow = "l"\nafter = 4') + cue("l", 0.2, "seek = 0"))
    ticks = play(patch, 1.0, [Event(0.5, "/transport/seek", (21.0,))])
    assert ticks[-1].frame.moment.beat == pytest.approx(21.5)


def test_a_chain_that_calls_itself_does_not_hold_up_the_show_nor_flicker() -> None:
    ask = '[[cue.jump]]\nwhen = "1"\nto = "{}"\n'
    chain = (
        cue("a", 0.1, "at = 0\n" + ask.format("b")) + cue("b", 0.2, ask.format("c")) + cue("c", 0.3, ask.format("a"))
    )
    ticks = play(read(chain), 2.0)
    assert len(ticks) == 2 * FPS + 1
    assert len(changes(ticks)) == 1


def test_next_and_previous_go_round() -> None:
    patch = read(cue("a", 0.1) + cue("b", 0.2))
    steps = [("next", 0.1), ("next", 0.2), ("next", 0.1), ("previous", 0.2)]
    ticks = play(patch, 5.0, [Event(float(n), f"/cue/{step}", (True,)) for n, (step, _) in enumerate(steps, 1)])
    assert [value for _, value in changes(ticks)[1:]] == [value for _, value in steps]
    empty = play(read(""), 1.0, [Event(0.5, "/cue/previous", (True,))])
    assert any(outcome.kind == "rejected" for one in empty for outcome in one.outcomes)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ('follow = "z"', "takes one of a"),
        ('follow = "a"', "0.001"),
        ('plays = "verse"', "there are: none"),
        ('until = "1 +"', "where a number"),
        ('quantise = "often"', "number of beats"),
        ('[[cue.jump]]\nwhen = "1"\nto = "z"', "one of a"),
    ],
)
def test_what_a_cue_cannot_do_is_said(rest: str, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        read(cue("a", 0.1, rest))


MOVES = st.sampled_from([
    ("/cue/next", (True,)), ("/cue/previous", (True,)), ("/cue/go", ("a",)), ("/cue/go", ("b",)),
    ("/transport/seek", (0.0,)), ("/transport/seek", (3.0,)), ("/transport/stop", (True,)),
    ("/transport/play", (True,)), ("/transport/tempo", (400.0,)), ("/transport/follow", (1.0, 90.0)),
    ("/transport/nudge", (-500.0,)), ("/panic", (True,)),
])  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 3), MOVES), max_size=12))
def test_whatever_is_pressed_the_show_goes_on_and_every_tick_agrees_with_the_last(moves: list) -> None:
    rests = (
        'at = 1\nquantise = "bar"\nfade = 1',
        'at = 2\nseek = 0.5\nfollow = "a"\nafter = 0.7',
        'at = 2.5\nuntil = "since > 1"',
    )
    patch = read("".join(cue(name, 0.1, rest) for name, rest in zip("abc", rests, strict=True)))
    events = sorted((Event(seconds, address, args) for seconds, (address, args) in moves), key=lambda e: e.seconds)
    once, twice = play(patch, 3.5, events), play(patch, 3.5, events)
    assert [one.frame.values for one in once] == [one.frame.values for one in twice]
    assert all(math.isfinite(one.frame.moment.beat) for one in once)


def test_a_cue_gives_back_what_cues_hold_and_ends_what_they_play() -> None:
    track = '[[track]]\naddress = "/camera/zoom"\nkeys = [[0, 0.5]]\n'
    text = SEQUENCE.format(name="one", roll=1) + track
    text += (
        cue("a", 0.1, 'at = 1\nplays = "one"') + '[[cue]]\nname = "b"\nat = 2\nplays = []\nrelease = ["/camera/*"]\n'
    )
    ticks = play(read(text), 3.0)
    assert changes(ticks) == [(0.0, 0.5), (1.0, 0.1), (2.0, 0.5)]
    assert changes(ticks, "/camera/roll") == [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]
    hand = play(read(text), 3.0, [Event(1.5, "/camera/zoom", (0.9, 0.0), "osc")])
    assert hand[-1].frame.values["/camera/zoom"] == 0.9, "what the performer holds stays"
    sought = play(read(text), 3.0, [Event(0.5, "/transport/seek", (2.5,))])
    assert sought[-1].frame.values["/camera/zoom"] == 0.5
    faded = play(read(text.replace("at = 2", "at = 2\nfade = 2")), 3.0)
    assert faded[-1].frame.values["/camera/zoom"] == pytest.approx(0.3), "half of its fade"


def test_the_clubs_kick_comes_back_after_the_break_and_its_build_is_seen_twice() -> None:
    patch = parse((Path(__file__).parents[2] / "patches/club.toml").read_text(), Library(Path("club.toml")).spec)
    bar, names = 4 * 60 / 126, ("A1", "break", "B1", "A2", "break", "A3") * 2
    ticks = play(patch, 60 * bar, [Event((5 * n + 0.5) * bar, f"/cue/{name}/go") for n, name in enumerate(names)])
    seen = []
    for n, name in enumerate(names):
        rows = [one.frame.values for one in ticks if 5 * n + 1.2 < one.frame.moment.bars < 5 * n + 4.8]
        kick, build = (max(float(row[a]) for row in rows) for a in ("/camera/zoom", "/layer/2/opacity"))
        seen.append((name, kick > 0.5, build > 0.3))
    assert seen[:6] == seen[6:]
    assert {(name, kick) for name, kick, _ in seen} == {(name, name != "break") for name in names}
    assert all(build for name, _, build in seen if name == "break")


def pan(name: str, rest: str) -> str:
    return f"[[cue]]\nname = '{name}'\nvalues = {{ '/camera/pan' = 0.5 }}\n{rest}\n"


@pytest.mark.parametrize("is_above", [True, False])
@pytest.mark.parametrize(
    ("others", "at"),
    [
        (pan("loop", "at = 16\nseek = 0"), 0.0),  # on the same line: the hand's goes first, and then it leaps
        (pan("loop", "at = 15\nseek = 5"), 8.0),  # before it: it waits for the next line there
        (pan("placed", "at = 14.5"), 16.0),
        (pan("first", 'at = 13\nfollow = "second"\nafter = 2') + pan("second", ""), 16.0),
    ],
)
def test_a_cue_that_waits_goes_whatever_else_goes_before(others: str, at: float, is_above: bool) -> None:
    drop = cue("drop", 0.9, 'quantise = "bar"')
    ticks = play(read(others + drop if is_above else drop + others), 18.5, [Event(14.0, "/cue/go", ("drop",))])
    assert changes(ticks) == [(0.0, 0.0), (at, 0.9)]


def test_a_nudge_back_neither_undoes_nor_repeats_what_cues_have_done() -> None:
    patch = read(cue("a", 0.1, "at = 0") + cue("b", 0.9) + cue("c", 0.5, "at = 2") + cue("d", 0.2, "quantise = 4"))
    moves = [
        Event(1.0, "/cue/go", ("b",)),
        Event(2.5, "/cue/go", ("d",)),
        Event(2.6, "/transport/nudge", (-900.0,)),
    ]
    ticks = play(patch, 5.5, moves)
    assert changes(ticks) == [(0.0, 0.1), (1.0, 0.9), (2.0, 0.5), (4.0, 0.2)]
    assert ticks[-1].state.cues.fired == 4


def test_a_clock_that_leads_back_takes_the_cues_before_it_as_played() -> None:
    patch = read(cue("a", 0.1, "at = 0") + cue("b", 0.9, "at = 4"))
    ticks = play(patch, 6.0, [Event(5.0, "/transport/follow", (1.0, 60.0))])
    assert changes(ticks) == [(0.0, 0.1), (4.0, 0.9), (1.0, 0.1)]


@pytest.mark.parametrize("back", [cue("loop", 0.0, "at = 8\nseek = 0"), ""])
def test_a_sequence_that_a_cue_launched_is_played_before_the_beat_where_it_was_launched(back: str) -> None:
    pulse = "[[sequence]]\nname = 'pulse'\nlength = 4\n[[sequence.track]]\naddress = '/camera/pan'\nkeys = [[0, 0.7]]\n"
    launch = "[[cue]]\nname = 'launch'\nplays = ['pulse']\n"
    moves = [Event(6.0, "/cue/go", ("launch",)), *([] if back else [Event(8.0, "/transport/seek", (0.0,))])]
    ticks = play(read(back + launch + pulse), 11.0, moves)
    assert changes(ticks, "/camera/pan") == [(0.0, 0.0), (6.0, 0.7)]


def test_what_a_cue_plays_goes_on_in_its_round_over_a_loop() -> None:
    rise = (
        "[[sequence]]\nname = 'r'\nlength = 3\n[[sequence.track]]\naddress = '/camera/pan'\nkeys = [[0, 0], [3, 0.3]]\n"
    )
    text = cue("loop", 0.0, "at = 8\nseek = 0") + "[[cue]]\nname = 'launch'\nat = 1\nplays = ['r']\n" + rise
    ticks = play(read(text), 8.4)
    assert ticks[-1].frame.values["/camera/pan"] == pytest.approx(0.14), "7.4 beats: the third round's second"


def test_a_cue_sets_the_tempo_and_auto_gives_it_back_to_its_track() -> None:
    track = "[[track]]\naddress = '/transport/tempo'\nkeys = [[0, 60], [64, 60]]\n"
    fast = "[[cue]]\nname = 'fast'\nat = 2\nvalues = { '/transport/tempo' = 120 }\n"
    ticks = play(read(track + fast), 6.0, [Event(4.0, "/transport/tempo/auto")])
    tempi = changes(ticks, "/transport/tempo")
    assert [tempo for _, tempo in tempi] == [60.0, 120.0, 60.0]
    assert ticks[-1].frame.moment.beat == pytest.approx(2.0 + 4.0 + 2.0)
    held = play(
        read(track), 3.0, [Event(1.0, "/transport/tempo/touch", (1,)), Event(2.0, "/transport/tempo/touch", (0,))]
    )
    assert changes(held, "/transport/tempo") == [(0.0, 60.0)]


def test_a_tempo_among_the_params_is_the_clocks() -> None:
    patch = read("[params]\n'/transport/tempo' = 90\n")
    assert (patch.tempo, "/transport/tempo" in patch.values) == (90.0, False)


HANDS = (
    (Event(1.013, "/camera/zoom", (0.3,)), 0.3),
    (Event(1.013, "/camera/zoom/auto"), 0.0),
    (Event(1.013, "/cue/go", ("b",)), 0.2),
    (Event(1.013, "/transport/stop"), 0.1),
)


@pytest.mark.parametrize(("event", "zoom"), HANDS)
def test_what_is_done_just_after_a_cue_is_done_after_it_however_rare_ticks_are(event: Event, zoom: float) -> None:
    patch = read(cue("a", 0.1, "at = 1.01") + cue("b", 0.2))
    assert play(patch, 2.0, [event])[-1].frame.values["/camera/zoom"] == zoom


@pytest.mark.parametrize("fps", [7, 31])
def test_cues_that_jump_by_time_keep_to_the_beat_however_rare_ticks_are(fps: int) -> None:
    ask = '[[cue.jump]]\nwhen = "since >= 1.37"\nto = "{}"\n'
    frames = Performance(read(cue("a", 0.1, "at = 0\n" + ask.format("b")) + cue("b", 0.2, ask.format("a"))))
    for n in range(12 * fps):
        frames.at(n, n / fps)
    assert frames.state.cues.since == pytest.approx(8 * 1.37, abs=0.01)


def test_a_cue_that_waits_for_what_is_there_already_does_not_wait() -> None:
    ticks = play(read(cue("a", 0.1, 'at = 1.01\nuntil = "[/camera/zoom] > 0"')), 3.0)
    assert ticks[-1].frame.moment.beat == pytest.approx(3.0)


def test_of_two_jumps_the_one_that_comes_first_is_taken_however_rare_ticks_are() -> None:
    jumps = "".join(f'[[cue.jump]]\nwhen = "since > {at}"\nto = "{to}"\n' for at, to in ((1.06, "b"), (1.02, "c")))
    frames = Performance(read(cue("a", 0.1, "at = 0\n" + jumps) + cue("b", 0.2) + cue("c", 0.3)))
    assert [frames.at(n, float(n)).values["/camera/zoom"] for n in range(3)] == [0.1, 0.1, 0.3]


@pytest.mark.parametrize("fps", [7, 200])
@pytest.mark.parametrize(
    "rest",
    ['[[cue.jump]]\nwhen = "[/camera/x] > 0"\nto = "b"', 'until = "[/camera/x] > 0"\nfollow = "b"\nafter = 0.001'],
)
def test_a_condition_over_what_a_hand_does_is_looked_at_as_it_does_it(fps: int, rest: str) -> None:
    patch = read(cue("a", 0.1, "at = 1\n" + rest) + cue("b", 0.2))
    hands = [Event(2.3, "/camera/x", (0.5, 0.0)), Event(2.31, "/camera/zoom", (0.7, 0.0))]
    frames = Performance(patch, [(event.seconds, event) for event in hands])
    shown = [frames.at(n, n / fps).values["/camera/zoom"] for n in range(3 * fps)]
    assert (shown[-1], frames.state.cues.since) == (0.7, pytest.approx(2.3 if "jump" in rest else 1.001))
    assert frames.state.transport.place(0, 3.0).beat == pytest.approx(3.0 if "jump" in rest else 1.7)


@pytest.mark.parametrize("address", ["/camera/x", "/nobody/knows"])
def test_in_a_flood_of_messages_a_condition_waits_for_the_ticks_end(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Each look costs as much as resolving every parameter."""
    jump = '[[cue.jump]]\nwhen = "[/camera/x] > 0.9"\nto = "b"\n'
    patch = read(cue("a", 0.1, "at = 0\n" + jump) + cue("b", 0.2))
    state, asked = play(patch, 1.0)[-1].state, list[float]()

    def counted(desk: Desk, condition: Formula, seconds: float) -> bool:
        asked.append(seconds)
        return holds(desk, condition, seconds)

    monkeypatch.setattr(conductor, "holds", counted)
    flood = [Event(1.0 + n * 1e-5, address, (n / 1000, 0.0), "test") for n in range(1000)]
    last = tick(patch, state, flood, Moment(51, 1.02))
    assert len(asked) <= LOOKS + 2
    assert last.state.cues.current == (1 if address in patch.table else 0)


@pytest.mark.parametrize("fps", [30, 240])
def test_a_take_played_at_other_ticks_has_its_hands_and_cues_in_their_order(fps: int) -> None:
    patch = read(cue("a", 0.1, "at = 1.02"))
    frames = Performance(patch, [(1.03, Event(1.01, "/camera/zoom", (0.3,)))])
    seen = [frames.at(n, n / fps).values["/camera/zoom"] for n in range(fps, 2 * fps)]
    assert seen[-1] == 0.1, "the cue went after the hand, before the tick in which that was heard"


def test_a_jump_that_was_due_before_a_nudge_goes_before_it_and_what_can_only_be_read_is_not_held() -> None:
    patch = read(cue("a", 0.1, 'at = 0\n[[cue.jump]]\nwhen = "since > 1.01"\nto = "b"') + cue("b", 0.2))
    events = [Event(1.015, "/transport/nudge", (200.0,)), Event(1.016, "/status/motion/touch", (1,))]
    last = play(patch, 1.02, events)[-1]
    assert (last.state.cues.since, last.outcomes[1].kind) == (pytest.approx(1.01, abs=1e-4), "rejected")


def test_after_a_panic_a_go_waits_for_no_line_of_a_timeline_that_is_disarmed() -> None:
    patch = read(cue("a", 0.1, 'quantise = "bar"'))
    ticks = play(patch, 6.0, [Event(1.0, "/panic"), Event(1.5, "/cue/go", ("a",))])
    assert changes(ticks) == [(0.0, 0.0), (1.5, 0.1)]


def test_a_seek_back_before_a_cue_that_set_the_tempo_has_that_of_before() -> None:
    fast = "[[cue]]\nname = 'fast'\nat = 2\nvalues = { '/transport/tempo' = 120 }\n"
    back = Event(3.0, "/transport/seek", (1.0,))
    there = play(read(cue("a", 0.1, "at = 0") + fast), 3.1, [back])[-1].frame
    assert (there.moment.tempo, there.moment.beat, there.moment.position) == pytest.approx((60.0, 1.1, 1.1))
    held = play(read(cue("a", 0.1, "at = 0") + fast), 3.1, [Event(2.5, "/transport/tempo", (90.0,)), back])
    assert held[-1].frame.moment.tempo == 90.0, "the performer's tempo stays"


@pytest.mark.parametrize(
    "events",
    [
        [Event(9.0, "/panic")],
        [Event(9.0, "/panic"), Event(9.5, "/transport/play")],
        [Event(9.0, "/transport/follow", (101.0, 60.0))],
    ],
)
def test_the_camera_does_not_leap_where_shots_end_begin_or_are_elsewhere(events: list[Event]) -> None:
    patch = read("[[track]]\naddress = '/camera/shot'\nloop = 2\nkeys = [[0, 'dolly-in 2']]\n")
    ways = [one.frame.pose.z for one in play(patch, 10.0, events)]
    assert max(abs(after - before) for before, after in pairwise(ways)) < 0.02
