"""The keyboard plays events like any other port."""

from perf import keys
from perf.core.event import Event
from perf.core.frame import Frame, Job
from perf.core.mapping import Slice
from perf.core.moment import Moment
from perf.core.state import State


def test_keys_become_events() -> None:
    assert keys.event("b", 1.0, {}, True).args == (True,)
    assert keys.event("b", 1.0, {"/master/blackout": True}, True).args == (False,)
    assert keys.event("p", 1.0, {}, True).address == "/transport/stop"
    assert keys.event("p", 1.0, {}, False).address == "/transport/play"
    assert keys.event("n", 1.0, {}, False).address == "/cue/next"
    assert keys.event("w", 1.0, {"/automation/record": True}, True).args == (False,)
    assert keys.event("u", 1.0, {}, True).address == "/automation/undo"
    assert keys.event("s", 1.0, {}, True).address == "/master/snapshot"
    assert keys.event("z", 1.0, {}, False) is None


def test_after_a_panic_p_arms_the_timeline_again() -> None:
    (after,) = keys.events(["p"], 1.0, State(automated=False), {})
    assert after.address == "/transport/play"
    assert [one.address for one in keys.events(["p"], 1.0, State(), {})] == ["/transport/stop"]


def test_a_toggle_turns_what_is_seen_whoever_switched_it_on() -> None:
    """The patch's [params] and tracks do, too; who presses twice within a frame has it back."""
    shown = {"/master/freeze": True}
    assert [one.args for one in keys.events(["space", "b"], 1.0, State(), shown)] == [(False,), (True,)]
    assert [one.args for one in keys.events(["space", "space"], 1.0, State(), shown)] == [(False,), (True,)]


def test_every_key_is_in_the_help() -> None:
    known = " ".join(line.split("\t")[0].lower() for line in keys.HELP)
    for key in (*keys.TRIGGERS, *keys.TOGGLES, "p"):
        assert key in known


def mapped(card: bool = True) -> Frame:
    values = {"/mapping/1/upper-left": (0.0, 1.0)}
    return Frame(Moment(0, 1.0), values, Job(), (), mapping=(Slice(),), card=card)


def test_the_mouse_drags_a_corner_while_the_card_is_up() -> None:
    mouse = keys.Mouse()
    assert not mouse.events((0.01, 0.98, False), mapped(), 1.0)
    assert mouse.events((0.01, 0.98, True), mapped(), 2.0) == [
        Event(2.0, "/mapping/1/upper-left", (0.01, 0.98), "mouse")
    ]
    assert mouse.events((0.5, 0.5, True), mapped(), 3.0)[0].args == (0.5, 0.5)
    assert not mouse.events((0.0, 1.0, True), mapped(), 4.0)  # it is there
    assert not mouse.events((0.5, 0.5, False), mapped(), 5.0)
    assert not mouse.events((0.5, 0.5, True), mapped(), 6.0)  # nothing within reach
    assert not mouse.events((0.0, 1.0, True), mapped(), 7.0)  # what is passed on the way is not taken hold of


def test_the_mouse_moves_nothing_else() -> None:
    mouse = keys.Mouse()
    assert not mouse.events((0.01, 0.98, True), mapped(card=False), 1.0)
    assert not mouse.events((0.01, 0.98, True), mapped(), 2.0)  # pressed before the card came
    mouse.events((0.0, 0.99, False), mapped(), 3.0)
    assert mouse.events((0.0, 0.99, True), mapped(), 4.0)
    assert not mouse.events((0.3, 0.9, True), Frame(Moment(0, 1.0), {}, Job(), (), card=True), 5.0)  # another patch
