"""The second sampler asks for what its own parameters say, and moves with the first one's camera."""

from dataclasses import replace

from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.patch import Patch, SecondSpec
from perf.core.second import second_params
from perf.core.state import State
from perf.core.table import table
from perf.core.tick import tick

PATCH = Patch(table=table(second_params()), layers=(), second=SecondSpec("", (64, 32)))


def test_it_has_the_firsts_settings_under_addresses_of_its_own() -> None:
    own = {param.address: param for param in second_params()}
    assert {"/second/prompt/8/text", "/second/sampler/skip", "/second/source/colour"} <= own.keys()
    assert own["/second/sampler/rate"].maximum == table()["/sampler/rate"].maximum
    assert not any("restart" in address or "mask" in address for address in own)
    assert "media" not in own["/second/source/kind"].choices


def test_each_asks_for_what_is_said_to_it() -> None:
    events = [
        Event(0.0, "/prompt/1/text", ("sea",), "a"),
        Event(0.0, "/second/prompt/1/text", ("city",), "a"),
        Event(0.0, "/second/sampler/steps", (4,), "a"),
        Event(0.0, "/mask/kind", ("circle",), "a"),
        Event(0.0, "/likeness/text", ("sea",), "a"),
        Event(0.0, "/camera/roll", (20.0, 0.0), "a"),
    ]
    state = State()
    for index in range(3):
        result = tick(PATCH, state, events if index == 0 else (), Moment(index, index / 10))
        state = result.state
    first, second = result.frame.job, result.frame.second
    assert second is not None
    assert (first.prompts[0][0], second.prompts[0][0]) == ("sea", "city")
    assert (first.steps, second.steps) == (1, 4)
    assert (first.mask.kind, second.mask.kind, second.likeness) == ("circle", "none", "")
    assert first.pose == second.pose
    assert first.pose.roll > 0
    assert second.size == (64, 32)


def test_a_patch_without_one_asks_for_nothing() -> None:
    assert tick(Patch(layers=()), State(), (), Moment(0, 0.0)).frame.second is None
    assert tick(replace(PATCH, second=None), State(), (), Moment(0, 0.0)).frame.second is None


def test_a_hand_wakes_the_sampler_whose_image_it_changes_and_no_other() -> None:
    def woken(address: str, value: object) -> tuple[int, int]:
        frame = tick(PATCH, State(), [Event(0.0, address, (value,))], Moment(0, 0.0)).frame
        still = tick(PATCH, State(), [], Moment(0, 0.0)).frame
        assert frame.second is not None
        assert still.second is not None
        return frame.job.touch - still.job.touch, frame.second.touch - still.second.touch

    assert woken("/sampler/skip", 0.3) == (1, 0)
    assert woken("/second/sampler/skip", 0.3) == (0, 1)
    assert woken("/master/opacity", 0.3) == (0, 0)
