"""An edited patch takes over the state: cues by name, hands that it has a use for, its tempo track and its metre."""

from dataclasses import replace

import pytest

from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.param import Param, Table
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.wire.patch import parse

LOW = "[[cue]]\nname = 'low'\nvalues = { '/camera/zoom' = 0.1 }\nfollow = 'high'\nafter = 8\n"
HIGH = "[[cue]]\nname = 'high'\nvalues = { '/camera/zoom' = 0.2 }\nquantise = 'bar'\n"
OTHER = "[[cue]]\nname = 'other'\nvalues = { '/camera/zoom' = 0.9 }\n"
LAUNCH = "[[cue]]\nname = 'launch'\nplays = ['pulse']\n"
RISE = "[[track]]\naddress = '/transport/tempo'\nkeys = [[0, {0}], [64, {0}]]\n"


def read(text: str, clock: str = "tempo = 60\n") -> Patch:
    return parse(f"[clock]\n{clock}{text}", lambda name: pytest.fail(name), "p.toml")  # a beat is a second


def pulse(value: float) -> str:
    track = f"[[sequence.track]]\naddress = '/camera/zoom'\nkeys = [[0, {value}]]\n"
    return f"[[sequence]]\nname = 'pulse'\nlength = 4\n{track}"


class Player:
    """A show that a test plays by seconds, and edits."""

    def __init__(self, patch: Patch) -> None:
        self.patch, self.state = patch, State(transport=patch.transport)

    def play(self, seconds: float, *events: tuple) -> "Player":
        told = [Event(at, address, tuple(args)) for at, address, *args in events]
        self.result = tick(self.patch, self.state, told, Moment(0, seconds))
        self.state = self.result.state
        return self

    def edit(self, patch: Patch) -> "Player":
        self.state, self.patch = self.state.on(patch, self.patch), patch
        return self

    def value(self, address: str = "/camera/zoom") -> object:
        return self.result.frame.values[address]

    def cue(self) -> str:
        current = self.state.cues.current
        return self.patch.timeline.cues[current].name if current >= 0 else ""


def test_the_cue_that_waits_is_the_same_after_an_edit_or_waits_no_more() -> None:
    waits = Player(read(LOW + HIGH)).play(1.0, (1.0, "/cue/go", "high")).edit(read(OTHER + LOW + HIGH)).play(4.1)
    assert (waits.cue(), waits.value()) == ("high", 0.2)
    gone = Player(read(LOW + HIGH)).play(1.0, (1.0, "/cue/go", "high")).edit(read(OTHER)).play(4.1)
    assert (gone.cue(), gone.value()) == ("", 0.0)


def test_the_current_cue_is_followed_after_an_edit() -> None:
    player = Player(read(LOW + HIGH)).play(0.0, (0.0, "/cue/go", "low")).edit(read(OTHER + LOW + HIGH)).play(1.0)
    assert player.cue() == "low"
    assert player.play(8.1).cue() == "high"


def test_a_sequence_that_a_cue_plays_is_the_edited_one() -> None:
    player = Player(read(LAUNCH + pulse(0.2))).play(0.0, (0.0, "/cue/go", "launch")).play(0.5)
    assert player.value() == pytest.approx(0.2)
    assert player.edit(read(LAUNCH + pulse(0.9))).play(1.0).value() == pytest.approx(0.9)
    assert player.edit(read(OTHER)).play(1.5).value() == 0.0


def test_an_edited_tempo_track_and_metre_are_played_from_the_beat_where_it_stands() -> None:
    player = Player(read(RISE.format(60))).play(0.0).play(4.0)
    player.edit(read(RISE.format(180))).play(6.0)
    assert (player.result.frame.moment.beat, player.value("/transport/tempo")) == pytest.approx((10.0, 180.0))
    player.edit(read("", 'tempo = 60\nsignature = "3/4"\n')).play(8.0)
    assert (player.result.frame.moment.beat, player.result.frame.moment.bars) == pytest.approx((12.0, 4.0))
    player.edit(read(RISE.format(120))).play(9.0)
    assert player.result.frame.moment.beat == pytest.approx(14.0)


def test_a_tempo_track_that_is_not_edited_leaves_the_tempo_to_the_hand() -> None:
    player = Player(read(RISE.format(60))).play(1.0, (1.0, "/transport/tempo", 100.0))
    assert player.edit(read(RISE.format(60) + OTHER)).play(2.0).value("/transport/tempo") == 100.0


def test_a_hand_on_a_choice_that_is_there_no_more_is_let_go() -> None:
    def ways(*choices: str) -> Patch:
        way = Param("/x/way", "choice", choices[0], choices=choices)
        return replace(read(""), table=Table([*read("").table.values(), way]))

    player = Player(ways("cut", "iris")).play(0.0, (0.0, "/x/way", "iris"), (0.0, "/camera/zoom", 0.5))
    player.edit(ways("wipe", "cut")).play(1.0)
    assert (player.value("/x/way"), player.value()) == ("wipe", 0.5)
    back = player.edit(ways("cut", "iris")).play(2.0, (2.0, "/x/way", "iris"), (2.0, "/x/way/auto"))
    assert back.edit(ways("wipe", "cut")).play(2.1).value("/x/way") == "wipe"


def test_other_shots_lead_the_camera_on_from_where_it_is() -> None:
    dolly = "[[track]]\naddress = '/camera/shot'\nloop = 2\nkeys = [[0, 'dolly-in 2 {}']]\n"
    player = Player(read(dolly.format(1))).play(0.0).play(16.0)
    far = player.result.frame.pose.z
    player.edit(read(dolly.format(0.5))).play(16.02)
    assert player.result.frame.pose.z == pytest.approx(far, abs=0.01)
    assert player.play(18.0).result.frame.pose.z == pytest.approx(far + 0.3, abs=0.01)
