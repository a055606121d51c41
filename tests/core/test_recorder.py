"""Recording: what a hand did between punch-in and punch-out plays again, and nothing else has changed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.core.cue import Cue
from perf.core.curve import Curve, Key
from perf.core.event import Event
from perf.core.lane import Lanes
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.core.state import State
from perf.core.table import table
from perf.core.tick import tick
from perf.core.timeline import Timeline, Track

FAST = Param("/x/fast", "float", 0.25)
SLOW = Param("/x/slow", "float", 0.0, glide=0.2)
WORDS = Param("/x/words", "text", "none")
COUNT = Param("/x/count", "int", 1, 1, 50)
TINT = Param("/x/tint", "colour", (0.0, 0.0, 0.0, 1.0))
RAMP = Track("/x/fast", Curve([Key(0, 0.0), Key(16, 1.0)]))
ARM = (0.0, "/automation/arm", "/x")


def patch(*tracks: Track, cues: tuple[Cue, ...] = ()) -> Patch:
    params = table([FAST, SLOW, WORDS, COUNT, TINT])
    return Patch(table=params, timeline=Timeline(tracks, cues), tempo=60.0, layers=())  # a beat is a second


class Player:
    """A performance that goes on: (seconds, address, *args) are played on a grid of ticks."""

    def __init__(self, patch: Patch, fps: float = 25.0) -> None:
        self.patch, self.fps, self.index = patch, fps, 0
        self.state, self.outcomes = State(transport=patch.transport), []

    def play(self, until: float, *messages: tuple) -> "Player":
        events = sorted((Event(m[0], m[1], tuple(m[2:]), "osc") for m in messages), key=lambda event: event.seconds)
        while self.index / self.fps <= until + 1e-9:
            now = self.index / self.fps
            due = [event for event in events if event.seconds <= now]
            events = events[len(due) :]
            result = tick(self.patch, self.state, due, Moment(self.index, now))
            self.state, self.frame, self.index = result.state, result.frame, self.index + 1
            self.outcomes += result.outcomes
        return self

    def lanes(self, address: str = "/x/fast") -> Lanes:
        return self.state.automation.fresh.get(address, Lanes())

    def at(self, beat: float, address: str = "/x/fast") -> object:
        """What would play at a beat, without hands."""
        state = replace(self.state, hands={}, releases={}, transport=self.patch.transport.sought(0.0, beat))
        return tick(self.patch, state, [], Moment(0, 0.0)).frame.values[address]

    def status(self, name: str) -> object:
        return self.frame.values[f"/status/automation/{name}"]


def on(mode: str, since: float = 0.0) -> list[tuple]:
    return [(0.0, "/automation/mode", mode), ARM, (since, "/automation/record", 1)]


def move(start: float, end: float, values: tuple[float, float], address: str = "/x/fast") -> list[tuple]:
    """A fader on its way, 40 messages a second."""
    count = round((end - start) * 40)
    return [
        (start + n / 40, address, values[0] + (values[1] - values[0]) * n / count) for n in range(count + 1)
    ]  # fmt: skip


def test_nothing_is_written_unless_armed_recorded_and_playing() -> None:
    fader = move(1.0, 2.0, (0.0, 1.0))
    for messages in (
        [ARM, *fader],
        [(0.0, "/automation/record", 1), *fader],
        [*on("touch"), (0.5, "/transport/stop"), *fader],
        [*on("touch"), (0.5, "/automation/arm", "/x/*", 0), *fader],
        [*on("latch"), (0.5, "/automation/record", 0), *fader],
    ):
        player = Player(patch(RAMP)).play(4.0, *messages)
        assert not player.state.automation.fresh
        assert player.frame.values["/x/fast"] == 1.0  # the hand holds it as ever


def test_touch_writes_while_a_control_moves_and_glides_back() -> None:
    player = Player(patch(RAMP)).play(6.0, *on("touch"), *move(2.0, 3.0, (0.5, 0.9)))
    assert not player.state.hands.keys() & {"/x/fast"}
    lane = player.lanes().playing
    assert lane.keys[0] == Key(2.0, 0.5)
    assert lane.keys[-1].at == pytest.approx(3.8)  # half a second of rest, then 0.3 s back
    assert len(lane.keys) < 6
    assert [player.at(beat) for beat in (1.9, 2.5, 3.0, 3.4, 3.65, 3.9)] == pytest.approx(
        [1.9 / 16, 0.7, 0.9, 0.9, (0.9 + 3.8 / 16) / 2, 3.9 / 16], abs=0.006
    )


def test_a_sensor_knows_better_than_a_rest() -> None:
    fader = [(2.0, "/x/fast/touch", 1), (2.0, "/x/fast", 0.9), (4.0, "/x/fast/touch", 0)]
    player = Player(patch()).play(6.0, *on("touch"), *fader)
    assert player.lanes().playing.keys[-1].at == pytest.approx(4.25)
    assert (player.at(3.9), player.at(4.3)) == (0.9, 0.25)


def test_latch_writes_on_until_the_stop_and_overwrite_the_whole_pass() -> None:
    fader = [(2.0, "/x/fast", 0.9), (5.0, "/transport/stop")]
    latch = Player(patch(RAMP)).play(5.5, *on("latch"), *fader)
    assert [(k.at, k.value) for k in latch.lanes().playing.keys] == [(2.0, 0.9), (5.0, 0.9)]
    assert not latch.lanes("/x/slow").lanes
    assert [latch.at(beat) for beat in (1.0, 4.9, 5.1)] == pytest.approx([1 / 16, 0.9, 5.1 / 16])
    over = Player(patch(RAMP)).play(5.5, *on("overwrite", 1.0), *fader)
    assert [over.at(beat) for beat in (0.9, 1.5, 4.9, 5.1)] == pytest.approx([0.9 / 16, 1 / 16, 0.9, 5.1 / 16])
    assert over.lanes("/x/words").playing.at(3.0) == "none"
    assert not {a for a in over.state.hands if a.startswith("/x/")}


def test_a_rest_ends_in_a_step_and_moves_are_lines() -> None:
    fader = [(1.0, "/x/fast", 0.2), (1.05, "/x/fast", 0.4), (3.0, "/x/fast", 0.8)]
    player = Player(patch()).play(4.0, *on("latch"), *fader, (4.0, "/automation/record", 0))
    assert [player.at(beat) for beat in (1.025, 2.9, 3.0)] == pytest.approx([0.3, 0.4, 0.8], abs=1e-3)


def test_a_glide_is_written_as_it_was_and_can_be_caught_on_the_way() -> None:
    fader = [(1.0, "/x/slow", 1.0, 2.0), (2.0, "/x/slow", 0.5, 1.0)]
    player = Player(patch()).play(4.0, *on("latch"), *fader, (4.0, "/automation/record", 0))
    assert [player.at(beat, "/x/slow") for beat in (1.0, 1.5, 2.0, 2.5, 3.5)] == pytest.approx(
        [0.0, 0.25, 0.5, 0.5, 0.5], abs=1e-3
    )


def test_steps_are_written_as_keys_that_hold() -> None:
    hands = [(1.0, "/x/words", "sea"), (1.5, "/x/count", 7), (2.0, "/x/words", "sky"), (2.01, "/x/words", "sky")]
    player = Player(patch()).play(4.0, *on("latch"), *hands, (3.0, "/automation/record", 0))
    keys = player.lanes("/x/words").playing.keys
    assert [(key.at, key.value, key.ease) for key in keys] == [
        (1.0, "sea", "hold"), (2.0, "sky", "hold"), (3.0, "sky", "below"),
    ]  # fmt: skip
    assert [player.at(beat, "/x/words") for beat in (0.9, 1.0, 2.9, 3.0)] == ["none", "sea", "sky", "none"]
    assert (player.at(2.0, "/x/count"), player.at(0.0, "/x/count")) == (7, 1)


def test_colours_are_written() -> None:
    red = [(1.0, "/x/tint", 0.0, 0.0, 0.0, 1.0), (1.05, "/x/tint", 1.0, 0.0, 0.0, 1.0)]
    player = Player(patch()).play(3.0, *on("latch"), *red, (2.0, "/automation/record", 0))
    assert player.at(1.025, "/x/tint") == pytest.approx((0.5, 0.0, 0.0, 1.0), abs=0.01)


def test_a_second_pass_changes_what_it_touches_and_is_a_lane_of_its_own() -> None:
    first = [*on("latch"), *move(1.0, 5.0, (0.0, 1.0)), (6.0, "/transport/stop")]
    again = [(7.0, "/transport/seek", 0.0), (7.0, "/transport/play"), (9.0, "/x/fast", 0.1)]
    player = Player(patch()).play(12.0, *first, *again, (10.0, "/transport/stop"))
    assert len(player.lanes().lanes) == 2
    assert [player.at(beat) for beat in (1.5, 2.5, 3.5, 5.5, 6.0)] == pytest.approx(
        [0.125, 0.1, 0.625, 1.0, 0.25], abs=0.006
    )
    player.play(13.0, (12.5, "/automation/lane", "/x/fast", 1))
    assert player.at(2.5) == pytest.approx(0.375, abs=0.006)
    player.play(14.0, (13.5, "/automation/lane", "/x/fast", 0))
    assert player.at(2.5) == 0.25
    assert player.status("lanes") == "/x/fast 0/2"


def test_a_loop_makes_a_lane_a_pass() -> None:
    loop = Cue("round", {}, at=4.0, seek=0.0)
    fader = [(1.0, "/x/fast", 0.1), (5.0, "/x/fast", 0.5), (9.0, "/x/fast", 0.9), (11.0, "/transport/stop")]
    player = Player(patch(cues=(loop,))).play(11.5, *on("latch"), *fader)
    assert [lane.at(2.0) for lane in player.lanes().lanes] == [0.1, 0.5, 0.9]
    assert [lane.at(0.0) for lane in player.lanes().lanes] == [None, 0.1, 0.5]  # held over the seam, to the beat
    assert [lane.at(3.99) for lane in player.lanes().lanes] == [0.1, 0.5, 0.5]
    assert player.state.automation.done[-1].keys() == {"/x/fast"}
    assert len(player.state.automation.done) == 3


def test_a_seek_ends_a_pass_and_a_change_of_tempo_does_not() -> None:
    fader = [
        (1.0, "/x/fast", 0.1),
        (2.0, "/transport/tempo", 120.0),
        (3.0, "/x/fast", 0.9),
        (4.0, "/transport/seek", 20.0),
    ]
    player = Player(patch()).play(5.0, *on("latch"), *fader, (5.0, "/automation/record", 0))
    assert len(player.lanes().lanes) == 2
    assert [player.at(beat) for beat in (1.0, 3.9, 4.0, 5.9, 6.5, 19.0, 21.0, 22.5)] == pytest.approx(
        [0.1, 0.1, 0.9, 0.9, 0.25, 0.25, 0.9, 0.25]
    )


def test_undo_and_redo_go_by_passes() -> None:
    hands = [(1.0, "/x/fast", 0.9), (1.0, "/x/count", 9), (2.0, "/automation/record", 0)]
    player = Player(patch()).play(3.0, *on("latch"), *hands)
    assert (player.status("undo"), player.status("unsaved")) == (1.0, 2.0)
    player.play(4.0, (3.5, "/automation/undo"))
    assert (player.at(1.5), player.at(1.5, "/x/count"), player.status("undo"), player.status("redo")) == (0.25, 1, 0, 1)
    assert player.status("unsaved") == 0.0
    player.play(5.0, (4.5, "/automation/redo"), (4.6, "/automation/clear", "/x/fast"))
    assert (player.at(1.5), player.at(1.5, "/x/count"), player.status("undo")) == (0.25, 9, 2)
    player.play(6.0, (5.5, "/automation/undo"))
    assert player.at(1.5) == 0.9
    player.play(7.0, (6.5, "/automation/undo"), (6.6, "/automation/undo"))
    assert [o.kind for o in player.outcomes][-2:] == ["command", "rejected"]


def test_an_undo_in_a_pass_takes_what_it_has_written_back() -> None:
    player = Player(patch()).play(3.0, *on("latch"), (1.0, "/x/fast", 0.9), (2.0, "/automation/undo"))
    assert (player.at(1.5), player.status("writing"), player.status("redo")) == (0.25, "", 1)


def test_panic_ends_the_pass_and_keeps_it() -> None:
    player = Player(patch()).play(
        3.0, *on("overwrite"), (1.0, "/x/fast", 0.9), (2.0, "/panic"), (2.5, "/transport/play")
    )
    assert (player.at(1.5), player.at(2.5)) == (0.9, 0.25)
    assert not player.frame.values["/automation/record"]


def test_cues_are_not_recorded_but_what_they_do_to_a_pass_is() -> None:
    cue = Cue("in", {"/x/fast": 0.9})
    player = Player(patch(cues=(cue,))).play(2.0, *on("latch"), (1.0, "/cue/in/go"))
    assert not player.state.automation.writing
    player = Player(patch(cues=(cue,))).play(
        4.0, *on("latch"), (1.0, "/x/fast", 0.5), (2.0, "/cue/in/go"), (3.0, "/automation/record", 0)
    )
    assert (player.at(1.5), player.at(2.5)) == (0.5, 0.9)


def test_the_timeline_may_punch_in() -> None:
    switch = Track("/automation/record", Curve([Key(0, False), Key(2, True), Key(4, False)]))
    player = Player(patch(switch)).play(5.0, (0.0, "/automation/mode", "latch"), ARM, *move(1.0, 5.0, (0.0, 1.0)))
    keys = player.lanes().playing.keys
    assert (keys[0].at, keys[-1].at) == pytest.approx((2.0, 4.0), abs=0.03)


@given(st.integers(2, 90), st.integers(0, 99), st.floats(-240.0, -20.0), st.floats(0.0, 0.2), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_nudged_back_as_it_is_recorded_is_in_order(
    moves: int, seed: int, nudge: float, rest: float, given_back: bool
) -> None:
    """A step back of less than a quarter of a second does not end a pass."""
    end = 1.0 + 0.02 * moves
    messages = [(1.0 + 0.02 * n, "/x/fast", (n * 37 + seed) % 50 / 50.0) for n in range(moves)]
    messages += [(end, "/x/fast/auto")] if given_back else []
    messages += [(end + 0.02, "/transport/nudge", nudge), (end + 0.04, "/x/fast", 0.9)]
    done = (end + 0.04 + rest, "/automation/record", 0)
    player = Player(patch(RAMP)).play(end + 1.0, *on("latch"), (0.0, "/automation/return", 3.0), *messages, done)
    places = [key.at for key in player.lanes().playing.keys]
    assert places == sorted(places)


def test_the_status_says_what_goes_on() -> None:
    player = Player(patch()).play(1.5, *on("latch"), (1.0, "/x/fast", 0.5))
    assert player.status("armed") == "/x/count /x/fast /x/slow /x/tint /x/words"
    assert player.status("writing") == "/x/fast"
    player.play(3.0, (2.0, "/automation/record", 0), (2.0, "/automation/arm", "/x/w*", 0))
    assert (player.status("writing"), player.status("keys")) == ("", 2.0)
    assert "/x/words" not in str(player.status("armed"))


@pytest.mark.parametrize(
    ("address", "args", "words"),
    [
        ("/automation/arm", ("/nowhere",), "a group"),
        ("/automation/arm", ("/status/*",), "cannot be recorded"),
        ("/automation/arm", ("/x/fast", "loud"), "true or false"),
        ("/automation/lane", ("/x/fast", 1), "nothing was recorded"),
        ("/automation/clear", ("/",), "nothing was recorded"),
        ("/automation/redo", (), "nothing to redo"),
    ],
)
def test_mistakes_are_named(address: str, args: tuple, words: str) -> None:
    (outcome,) = Player(patch()).play(0.0, (0.0, address, *args)).outcomes
    assert outcome.kind == "rejected"
    assert words in outcome.detail


def test_another_patch_keeps_what_is_not_saved() -> None:
    hands = [(1.0, "/x/fast", 0.9), (1.0, "/x/count", 9), (2.0, "/automation/record", 0)]
    player = Player(patch()).play(3.0, *on("latch"), *hands)
    saved = replace(patch(), timeline=Timeline(lanes={"/x/fast": player.lanes()}))
    state = player.state.on(saved, player.patch)
    assert state.automation.fresh.keys() == {"/x/count"}
    player.patch, player.state = saved, state
    assert (player.at(1.5), player.at(1.5, "/x/count")) == (0.9, 9)
    player.play(4.0, (3.5, "/automation/undo"))  # goes behind what was saved
    assert (player.at(1.5), player.status("unsaved")) == (0.25, 1.0)
    bare = replace(saved, table=table([COUNT]))
    assert not player.state.on(bare, saved).automation.armed - {"/x/count"}


hands = st.lists(
    st.tuples(
        st.floats(0.1, 9.9),
        st.sampled_from(["/x/fast", "/x/slow", "/x/words", "/x/count", "/x/fast/auto", "/x/slow/touch"]),
        st.integers(0, 1),
    ),
    max_size=25,
)
scores = st.tuples(st.sampled_from(["touch", "latch", "overwrite"]), st.floats(0.5, 9.0), hands)


@settings(deadline=None, max_examples=15)
@given(scores)
def test_before_the_punch_in_and_after_the_punch_out_nothing_has_changed(score: tuple) -> None:
    mode, since, moves = score
    player = Player(patch(RAMP), 20.0)
    player.play(12.0, *on(mode, since), *moves, (10.0, "/automation/record", 0))
    plain = Player(patch(RAMP))
    for address in ("/x/fast", "/x/slow", "/x/words", "/x/count"):
        for beat in (0.0, since / 2, since - 1e-3, 10.001, 15.0):
            assert player.at(beat, address) == plain.at(beat, address)


@settings(deadline=None, max_examples=15)
@given(scores, st.sampled_from([(10.0, 12.0), (20.0, 25.0)]))
def test_the_same_events_make_the_same_lanes_at_any_frame_rate(score: tuple, rates: tuple[float, float]) -> None:
    mode, since, moves = score
    books = []
    for fps in rates:
        seek = [(5.0, "/transport/seek", 2.0), (7.0, "/transport/tempo", 90.0)]
        player = Player(patch(RAMP), fps).play(12.0, *on(mode, since), *moves, *seek, (10.0, "/automation/record", 0))
        books.append(player.state.automation.fresh)
    assert books[0].keys() == books[1].keys()
    for address, lanes in books[0].items():
        assert len(lanes.lanes) == len(books[1][address].lanes)
        for one, two in zip(lanes.lanes, books[1][address].lanes, strict=True):
            assert [key.at for key in one.keys] == pytest.approx([key.at for key in two.keys], abs=1e-3)
            for a, b in zip(one.keys, two.keys, strict=True):
                assert a.value == (pytest.approx(b.value, abs=1e-3) if isinstance(b.value, float) else b.value)


@settings(deadline=None, max_examples=10)
@given(scores)
def test_a_take_of_a_recording_replays_the_same(score: tuple) -> None:
    mode, since, moves = score
    messages = sorted([*on(mode, since), *moves, (10.0, "/automation/record", 0)], key=lambda m: m[0])
    events = [(m[0], Event(m[0], m[1], tuple(m[2:]), "osc")) for m in messages]
    runs = []
    for _ in range(2):
        performance = Performance(patch(RAMP), events)
        frames = [performance.at(n, n / 10).values for n in range(120)]
        runs.append((frames, performance.state.automation))
    assert runs[0] == runs[1]


WORDS_OF = st.one_of(
    st.text(max_size=12), st.sampled_from(["/x", "/x/fast 1", "/x/* 0", "//*", "/x/fast", "/x/fast 2", "/"])
)
ADDRESSES = [f"/automation/{name}" for name in ("arm", "lane", "clear", "undo", "redo", "record", "mode", "quiet")]
ADDRESSES += [
    "/x/fast",
    "/x/words",
    "/transport/play",
    "/transport/stop",
    "/transport/seek",
    "/panic",
    "/transport/tap",
]
ARGUMENTS = st.lists(st.one_of(WORDS_OF, st.floats(), st.integers(), st.booleans(), st.binary(max_size=4)), max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0.0, 4.0), st.sampled_from(ADDRESSES), ARGUMENTS), max_size=40))
def test_commands_take_anything(messages: list[tuple]) -> None:
    player = Player(patch(RAMP), 10.0)
    player.play(5.0, *((at, address, *args) for at, address, args in messages))
    assert len(player.outcomes) == len(messages)
    for address, lanes in player.state.automation.fresh.items():
        for lane in lanes.lanes:
            assert [key.at for key in lane.keys] == sorted(key.at for key in lane.keys), address
            assert lane.keys[-1].ease in ("below", "hold", "linear")


def test_overwriting_lets_what_glides_go_on() -> None:
    hand = Player(patch()).play(4.0, *on("overwrite", 1.0), (0.5, "/x/fast", 0.75, 2.0))
    assert hand.frame.values["/x/fast"] == 0.75
    assert hand.play(5.0, (4.5, "/automation/record", 0)).at(1.5) == pytest.approx(0.5, abs=0.01)


def test_overwriting_writes_what_a_cue_holds_and_its_fade() -> None:
    cue = Cue("up", {"/x/fast": 1.0}, fade=2.0, at=0.5)
    player = Player(patch(cues=(cue,))).play(4.0, *on("overwrite", 1.0))
    assert player.frame.values["/x/fast"] == 1.0
    assert "/x/fast" in str(player.status("writing")).split()
    assert player.play(5.0, (4.5, "/automation/record", 0)).at(2.0) == pytest.approx(0.8125, abs=0.01)


def test_beyond_the_last_beat_of_a_patch_nothing_is_held_anew_in_every_tick() -> None:
    seek = (0.5, "/transport/seek", 2e6)
    player = Player(patch()).play(2.0, (0.0, "/automation/arm", "/camera/zoom"), *on("overwrite"), seek)
    assert player.status("writing") == ""
    assert player.state.touches < 5


def test_what_another_patch_does_not_take_comes_back_by_no_undo() -> None:
    moves = [(1.0, "/x/fast", 0.9), (1.0, "/x/count", 40), (3.0, "/x/fast", 0.3), (3.0, "/x/count", 30)]
    switches = [(at, "/automation/record", on) for at, on in ((2.0, 0), (2.5, 1), (4.0, 0))]
    player = Player(patch()).play(5.0, *on("latch"), *moves, *switches)
    few = replace(COUNT, maximum=10)
    player.state, player.patch = player.state.on(other := replace(patch(), table=table([few])), player.patch), other
    assert player.at(1.5, "/x/count") == 10, "what is beyond its range is cut to it, as a hand's value is"
    player.play(6.0, (5.5, "/automation/undo")).play(7.0, (6.5, "/automation/undo"))
    assert not player.state.automation.fresh
    player.play(8.0, (7.5, "/automation/redo"))
    assert player.state.automation.fresh.keys() == {"/x/count"}
    colour = replace(TINT, address="/x/count")
    assert not player.state.on(replace(other, table=table([colour])), other).automation.fresh
