"""The tick as scores: what events and time make of the values."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import Curve, Key
from perf.core.event import Event
from perf.core.frame import Knobs, Mask
from perf.core.layers import layer_params
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import LayerSpec, LoraSpec, Patch, ShaderSpec
from perf.core.state import State
from perf.core.table import lora_params, table
from perf.core.tick import Tick, tick
from perf.core.timeline import Cue, Timeline, Track
from perf.wire.patch import parse

FAST = Param("/x/fast", "float", 0.25)
SLOW = Param("/x/slow", "float", 0.0, glide=1.0)
ZOOM = "/camera/zoom"


def patch(*tracks: Track, cues: tuple[Cue, ...] = ()) -> Patch:
    return Patch(table=table([*layer_params(1, 1.0, "normal"), FAST, SLOW]), timeline=Timeline(tracks, cues), tempo=60)


def play(patch: Patch, score: list[tuple[float, list[tuple]]], state: State | None = None) -> list[Tick]:
    """Run ticks at the given seconds with events (address, *args) that come at those seconds."""
    state, ticks = state or State(), []
    for index, (seconds, messages) in enumerate(score):
        events = [Event(seconds, address, args, "test") for address, *args in ((m[0], *m[1:]) for m in messages)]
        events = [replace(event, args=tuple(event.args)) for event in events]
        result = tick(patch, state, events, Moment(index, seconds))
        state = result.state
        ticks.append(result)
    return ticks


def values(ticks: list[Tick], address: str) -> list[object]:
    return [t.frame.values[address] for t in ticks]


def kinds(result: Tick) -> list[str]:
    return [outcome.kind for outcome in result.outcomes]


def test_the_hand_is_over_the_timeline_is_over_the_default() -> None:
    ramp = Track("/x/fast", Curve([Key(0, 0.0), Key(10, 1.0)]), "seconds")
    ticks = play(patch(ramp), [(1.0, []), (2.0, [("/x/fast", 0.9)]), (3.0, []), (4.0, [("/x/fast/auto",)]), (5.0, [])])
    assert values(ticks, "/x/fast") == pytest.approx([0.1, 0.9, 0.9, 0.9, 0.5])
    assert values(play(patch(), [(0.0, [])]), "/x/fast") == [0.25]


def test_a_glide_takes_its_time_and_can_be_caught_on_the_way() -> None:
    ticks = play(patch(), [(1.0, [("/x/slow", 1.0)]), (1.5, []), (1.75, [("/x/slow", 0.0)]), (2.25, []), (9.0, [])])
    assert values(ticks, "/x/slow") == pytest.approx([0.0, 0.5, 0.75, 0.375, 0.0])


def test_a_second_number_is_the_glide() -> None:
    ticks = play(patch(), [(0.0, [("/x/fast", 1.0, 2.0)]), (1.0, []), (2.0, [])])
    assert values(ticks, "/x/fast") == pytest.approx([0.25, 0.625, 1.0])


def test_a_release_glides_back_to_the_timeline() -> None:
    ramp = Track("/x/slow", Curve([Key(0, 0.5)]))
    ticks = play(patch(ramp), [(0.0, [("/x/slow", 1.0, 0.0)]), (1.0, [("/x/slow/auto",)]), (1.5, []), (2.0, [])])
    assert values(ticks, "/x/slow") == pytest.approx([1.0, 1.0, 0.75, 0.5])
    assert not ticks[-1].state.releases


def test_touch_holds_while_touched() -> None:
    ramp = Track("/x/fast", Curve([Key(0, 0.0), Key(10, 1.0)]), "seconds")
    score = [(2.0, [("/x/fast/touch", 1)]), (4.0, []), (4.0, [("/x/fast/touch", 0)]), (5.0, [])]
    assert values(play(patch(ramp), score), "/x/fast") == pytest.approx([0.2, 0.2, 0.2, 0.5])


def test_a_track_in_beats_follows_the_tempo_and_loops() -> None:
    ramp = Track("/x/fast", Curve([Key(0, 0.0), Key(4, 1.0)]), "beats", loop=4.0)
    start = [(0.0, [("/transport/tempo", 60)])]
    ticks = play(patch(ramp), [*start, (1.0, []), (5.0, []), (5.0, [("/transport/tempo", 120)]), (5.5, [])])
    assert values(ticks, "/x/fast") == pytest.approx([0.0, 0.25, 0.25, 0.25, 0.5])


def test_norm_and_wildcards() -> None:
    ticks = play(patch(), [(0.0, [("/norm/camera/zoom", 0.75), ("/prompt/*/text", "sea"), ("/x/f?st", 7)])])
    assert ticks[0].state.hands[ZOOM].value == pytest.approx(1.0)
    assert all(ticks[0].frame.values[f"/prompt/{n}/text"] == "sea" for n in range(1, 9))
    assert kinds(ticks[0]) == ["set", "set", "clamped"]


def test_a_question_is_answered_with_the_value() -> None:
    replies = play(patch(), [(0.0, [("/x/fast", "?"), ("/source/colour", "?"), ("/ping",)])])[0].replies
    assert (replies[0].address, tuple(replies[0].args)) == ("/x/fast", (0.25,))
    assert len(replies[1].args) == 4
    assert replies[2].address == "/pong"


def test_what_reaches_nothing_is_named() -> None:
    outcomes = play(patch(), [(0.0, [("/nowhere", 1), ("/status/fps", 1), ("/x/fast", "loud"), ("/cue/none/go",)])])[0]
    assert kinds(outcomes) == ["unknown", "rejected", "rejected", "rejected"]
    assert "retrograde params" in outcomes.outcomes[0].detail
    assert "can only be read" in outcomes.outcomes[1].detail


def test_panic_returns_everything_to_its_default_until_play() -> None:
    ramp = Track("/x/fast", Curve([Key(0, 0.75)]))
    score = [(0.0, [(ZOOM, 1.0), ("/master/blackout", 1)]), (1.0, [("/panic",)]), (2.0, [("/transport/play",)])]
    ticks = play(patch(ramp), score)
    assert values(ticks, "/x/fast") == [0.75, 0.25, 0.75]
    assert ticks[1].frame.values == {
        **patch().floor, "/transport/tempo": 120.0, "/status/beat": ticks[1].frame.moment.beat,
    }  # fmt: skip


def test_cues_set_values_with_their_fade() -> None:
    cues = (Cue("in", {"/x/fast": 1.0}, fade=2.0), Cue("out", {"/x/fast": 0.0}))
    score = [(0.0, [("/cue/in/go",)]), (1.0, []), (2.0, []), (3.0, [("/cue/next",)]), (4.0, [("/cue/go", "in")])]
    assert values(play(patch(cues=cues), score), "/x/fast") == pytest.approx([0.25, 0.625, 1.0, 0.0, 0.0])


def test_a_trigger_let_go_does_nothing() -> None:
    ticks = play(patch(), [(0.0, [("/sampler/restart", 1)]), (1.0, [("/sampler/restart", 0)])])
    assert [t.frame.job.epoch for t in ticks] == [1, 1]


def test_a_shaders_trigger_is_true_for_one_tick_each_time() -> None:
    key = Param("/shader/look/key", "trigger", False, access="w")
    shaded = Patch(table=table([*layer_params(1, 1.0, "normal"), key]))
    ticks = play(shaded, [(0.0, [(key.address,)]), (0.1, [(key.address, 1)]), (0.2, []), (0.3, [(key.address, 0)])])
    assert values(ticks, key.address) == [True, True, False, False]


def test_the_camera_moves_by_its_rates_and_a_stall_does_not_throw_it() -> None:
    ticks = play(patch(), [(0.0, [(ZOOM, 1.0, 0.0)]), (0.1, []), (60.0, [])])
    assert ticks[1].state.pose.zoom == pytest.approx(0.1)
    assert ticks[2].state.pose.zoom <= 0.1 + 0.25


def test_prompts_at_weight_0_are_known_to_the_sampler() -> None:
    ticks = play(patch(), [(0.0, [("/prompt/1/text", "sea"), ("/prompt/2/text", "city")])])
    assert ticks[0].frame.job.prompts == (("sea", 1.0), ("city", 0.0))
    muted = play(patch(), [(0.0, [("/prompt/1/text", "sea"), ("/prompt/1/weight", 0.0, 0.0)])])
    assert muted[0].frame.job.prompts == (("sea", 0.0), ("", 1.0))


def test_prompts_carry_the_side_of_the_mask_that_they_are_on() -> None:
    score = [("/prompt/1/text", "sea"), ("/prompt/3/text", "city"), ("/prompt/3/region", "outside")]
    job = play(patch(), [(0.0, score)])[0].frame.job
    assert (job.prompts, job.regions) == ((("sea", 1.0), ("city", 0.0)), ("both", "outside"))


def test_the_sampler_is_handed_mask_knobs_and_levels() -> None:
    score = [
        ("/mask/kind", "box"), ("/mask/x", 0.5, 0.0), ("/mask/invert", 1), ("/sampler/freeu/s1", 0.5),
        ("/sampler/attention", 2.0), ("/sampler/levels", "999 500"), ("/sampler/method", "plms"),
    ]  # fmt: skip
    tick_ = play(patch(), [(0.0, [*score, ("/sampler/levels", "500 999")])])[0]
    job = tick_.frame.job
    assert job.mask == Mask(kind="box", x=0.5, invert=True)
    assert job.knobs == Knobs(s1=0.5, attention=2.0)
    assert (job.levels, job.method) == ((1.0, 500 / 999), "plms")
    assert tick_.outcomes[-1].kind == "rejected"
    assert "levels fall" in tick_.outcomes[-1].detail


def test_layers_carry_their_shaders_inputs() -> None:
    look = ShaderSpec("look", "filter", (Param("/shader/look/amount", "float", 0.5),))
    layered = Patch(
        table=table([*layer_params(1, 1.0, "normal"), *layer_params(2, 0.5, "add"), *look.params]),
        layers=(LayerSpec("sampler", ("look",)), LayerSpec("colour", (), 0.5, "add")),
        shaders={"look": look},
    )
    frame = play(layered, [(0.0, [("/shader/look/amount", 1.0), ("/layer/2/mute", 1)])])[0].frame
    assert len(frame.layers) == 1
    assert frame.layers[0].filters[0].inputs == {"amount": 1.0}


ARGS = st.lists(
    st.one_of(st.floats(), st.integers(-(2**40), 2**40), st.text(max_size=9), st.booleans(), st.none(), st.binary()),
    max_size=4,
).map(tuple)
SUFFIXES = st.sampled_from(["", "/auto", "/touch", "/go"])


@given(
    st.lists(
        st.tuples(st.sampled_from([*table(), "/norm/camera/zoom", "/cue/x", "/*/*", "//"]), SUFFIXES, ARGS), max_size=8
    )
)
def test_no_message_breaks_the_tick(messages: list[tuple[str, str, tuple]]) -> None:
    events = [Event(0.0, address + suffix, args, "fuzz") for address, suffix, args in messages]
    result = tick(patch(), State(), events, Moment(0, 1.0))
    assert len(result.outcomes) == len(events)
    for address, value in result.frame.values.items():
        numbers = value if isinstance(value, tuple) else (value,)
        assert all(math.isfinite(n) for n in numbers if isinstance(n, int | float)), address


def test_the_tick_is_pure() -> None:
    events = [Event(0.5, ZOOM, (0.5,)), Event(0.6, "/prompt/1/text", ("sea",))]
    one, two = (tick(patch(), State(), events, Moment(3, 1.0)) for _ in range(2))
    assert one == two


def test_a_loras_weight_reaches_the_job() -> None:
    styled = Patch(
        table=table([*lora_params("ink"), *layer_params(1, 1.0, "normal")]), loras=(LoraSpec("ink", "ink.safetensors"),)
    )
    assert play(styled, [(0.0, [])])[0].frame.job.loras == (("ink", 1.0),)
    assert play(styled, [(0.0, [("/lora/ink/weight", 0.0)]), (1.0, [])])[-1].frame.job.loras == (("ink", 0.0),)


def test_a_hand_moves_the_formulas_that_look_at_it() -> None:
    text = """
    [[track]]
    address = "/camera/zoom"
    formula = "[/camera/roll] / 100"
    [[sequence]]
    name = "s"
    length = 1
    [[sequence.track]]
    address = "/camera/tilt"
    keys = [[0, "= below + [/camera/roll]"]]
    [[clip]]
    sequence = "s"
    at = 0
    loop = true
    length = 99
    fade = 1
    """
    read = parse(text, lambda name: pytest.fail(name), "p.toml")
    score = [(1.0, [("/camera/roll", 40.0, 0.0)]), (3.0, [("/camera/roll", 0.0, 2.0)]), (4.0, []), (6.0, [])]
    ticks = play(read, [(0.0, []), *score], State(read.transport))
    assert values(ticks, "/camera/zoom") == [0.0, 0.4, 0.4, 0.2, 0.0]
    assert values(ticks, "/camera/tilt") == [0.0, 40.0, 40.0, 20.0, 0.0]


def test_the_seeds_that_weigh_anything_are_blended() -> None:
    ticks = play(patch(), [(0.0, []), (1.0, [("/seed/2/value", 40.5), ("/seed/2/weight", -0.5)]), (9.0, [])])
    assert ticks[0].frame.job.seeds == ()
    assert ticks[-1].frame.job.seeds == ((40.5, -0.5),)
