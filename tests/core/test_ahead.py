"""The preview is the job that the coming cue leads to, and the programme is the same with it and without."""

from dataclasses import replace
from itertools import pairwise

import pytest

from perf.core.ahead import EVERY
from perf.core.event import Event
from perf.core.frame import Preview
from perf.core.job import alike
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.tick import tick
from perf.wire.patch import parse

FPS = 50
CUT = '[params]\n"/prompt/fade" = 0\n"/prompt/1/text" = "sea"\n'


def read(text: str) -> Patch:
    return parse("[clock]\ntempo = 60\n" + text, lambda name: pytest.fail(name), "p.toml")


def cue(name: str, rest: str = "") -> str:
    return (
        f'[[cue]]\nname = "{name}"\nvalues = {{ "/prompt/1/text" = "{name} at dusk", "/sampler/skip" = 0.2 }}\n{rest}\n'
    )


def played(patch: Patch, seconds: float, *events: Event) -> list[Preview | None]:
    """The preview of each tick."""
    state, found, waiting = State(transport=patch.transport), [], list(events)
    for index in range(round(seconds * FPS) + 1):
        now = index / FPS
        due = [event for event in waiting if event.seconds <= now]
        waiting = [event for event in waiting if event.seconds > now]
        result = tick(patch, state, due, Moment(index, now))
        state = result.state
        assert all(outcome.kind == "command" for outcome in result.outcomes)
        found.append(result.frame.preview)
    return found


def names(found: list[Preview | None]) -> list[str]:
    """Each name as often as it changes."""
    row = [one.name if one else "" for one in found]
    return [name for i, name in enumerate(row) if i == 0 or name != row[i - 1]]


def test_without_cues_there_is_none() -> None:
    assert set(played(read(CUT), 0.5)) == {None}


def test_it_is_what_next_would_fire() -> None:
    patch = read(CUT + cue("a") + cue("b"))
    assert names(played(patch, 1.0, Event(0.3, "/cue/next", (True,)), Event(0.6, "/cue/next", (True,)))) == [
        "a",
        "b",
        "a",
    ]


def test_it_is_the_one_that_was_asked_for_until_a_cue_goes() -> None:
    patch = read(CUT + cue("a") + cue("b") + cue("c"))
    asked = [Event(0.2, "/cue/preview", ("c",)), Event(0.6, "/cue/take", (True,))]
    assert names(played(patch, 1.0, *asked)) == ["a", "c", "a"]
    assert names(played(patch, 1.0, asked[0], Event(0.4, "/cue/preview", ("",)))) == ["a", "c", "a"]


def test_it_is_the_one_that_waits_for_its_line() -> None:
    patch = read(CUT + cue("a") + cue("b", "quantise = 4"))
    assert names(played(patch, 5.0, Event(1.0, "/cue/go", ("b",)))) == ["a", "b", "a"]


def test_it_is_the_one_that_the_timeline_comes_to() -> None:
    patch = read(CUT + cue("a") + cue("b", "at = 2") + cue("c", "at = 100"))
    assert names(played(patch, 3.0)) == ["b", "c"], "c is far off, and what next would fire"
    patch = read(CUT + cue("a", "at = 0\nfollow = 'c'\nafter = 1") + cue("b") + cue("c"))
    assert names(played(patch, 2.0)) == ["c", "a"]


def test_its_job_is_the_one_that_the_cue_makes() -> None:
    patch = read(CUT + cue("a"))
    state = State(transport=patch.transport)
    ahead = tick(patch, state, [], Moment(0, 0.0))
    fired = tick(patch, ahead.state, [Event(0.02, "/cue/next", (True,))], Moment(1, 0.02))
    assert ahead.frame.preview is not None
    assert alike(ahead.frame.preview.job, fired.frame.job)
    assert not alike(ahead.frame.preview.job, ahead.frame.job)
    assert (ahead.frame.cue, fired.frame.cue, fired.frame.job.fired) == ((-1, 0), (0, 1), 1)


def test_a_cue_that_fades_says_so_and_shows_its_end() -> None:
    slow, soft = read(CUT + cue("a", "fade = 2")), read(CUT.replace("= 0", "= 1") + cue("a"))
    for patch in (slow, soft):
        preview = played(patch, 0.0)[0]
        assert preview is not None
        assert (preview.fades, preview.job.skip, preview.job.prompts[0][0]) == (True, 0.2, "a at dusk")
    same = read(CUT.replace("= 0", "= 1") + '[[cue]]\nname = "a"\nvalues = { "/sampler/seed" = 7 }')
    assert not played(same, 0.0)[0].fades, "the prompts stay, and the rest cuts"


def test_it_is_made_again_a_few_times_a_second_or_when_the_cues_move() -> None:
    found = played(read(CUT + cue("a") + cue("b")), 1.0)
    made = [i for i, one in enumerate(found) if i == 0 or one is not found[i - 1]]
    assert all(b - a >= EVERY * FPS for a, b in pairwise(made))
    moved = played(read(CUT + cue("a") + cue("b")), 0.1, Event(0.06, "/cue/next", (True,)))
    assert moved[2] is moved[0]
    assert moved[3] is not moved[0]


def test_the_programme_is_the_same_without_it() -> None:
    patch = read(CUT + cue("a", "at = 1") + cue("b"))
    states = [State(transport=patch.transport)] * 2
    for index in range(2 * FPS):
        moment = Moment(index, index / FPS)
        plain = tick(patch, replace(states[0], preview=None), [], moment)
        kept = tick(patch, states[1], [], moment)
        assert (plain.frame.job, plain.frame.values) == (kept.frame.job, kept.frame.values)
        states = [plain.state, kept.state]


def test_a_cue_that_is_not_there_is_refused() -> None:
    patch = read(CUT + cue("a"))
    outcome = tick(
        patch, State(transport=patch.transport), [Event(0.0, "/cue/preview", ("x",))], Moment(0, 0.0)
    ).outcomes[0]
    assert (outcome.kind, "the patch has: a" in outcome.detail) == ("rejected", True)
