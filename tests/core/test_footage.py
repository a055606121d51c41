"""Where a film stands: folded into its length, and counted by a head that nothing but a hand anchors anew."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perf.core.event import Event
from perf.core.footage import DEEP, SLIVER, Footage, MediaSpec
from perf.core.frame import Delays, Frame, Job, Mask
from perf.core.job import filmed
from perf.core.layers import layer_params
from perf.core.moment import Moment
from perf.core.patch import LayerSpec, Patch
from perf.core.performance import Performance
from perf.core.state import State
from perf.core.table import table
from perf.core.tick import tick

seconds = st.floats(0.0, 1e4)
runs = st.floats(-1e4, 1e4)
lengths = st.floats(0.1, 1e4)
AT = "/layer/1/"


def show(*events: tuple[float, str, object], **values: object) -> Performance:
    """A patch of one film, with (seconds, parameter, value) that hands set."""
    params = table(layer_params(1, 1.0, "normal", "media"))
    given = {AT + name.rstrip("_"): value for name, value in values.items()}
    patch = Patch(table=params, values=given, layers=(LayerSpec("media", media=MediaSpec("a.mp4")),))
    return Performance(patch, [(when, Event(when, AT + name, (value,), "test")) for when, name, value in events])


def run(frame: Frame) -> float:
    footage = frame.layers[0].footage
    assert footage is not None
    return round(footage.run, 9)


def place(frame: Frame, length: float = 20.0) -> float:
    footage = frame.layers[0].footage
    assert footage is not None
    return footage.place(length)


@given(runs, seconds, seconds, lengths, st.sampled_from(["loop", "once", "pingpong"]))
def test_a_place_is_always_in_the_film_and_between_in_and_out(run, start, end, length, loop) -> None:
    place = Footage(run, 1.0, start, end, loop).place(length)
    assert 0.0 <= place <= length - SLIVER
    last = min(end, length) if end else length
    assert place >= min(start, last - SLIVER)
    assert place <= max(last - SLIVER, 0.0)


@given(st.integers(-400, 400), st.integers(1, 40), st.integers(-5, 5))
def test_a_loop_comes_back_to_the_same_place(quarters, span, turns) -> None:
    length = span / 4
    here, later = (Footage((quarters + more) / 4).place(length) for more in (0, turns * span))
    assert here == pytest.approx(later, abs=1e-6)


@given(st.integers(0, 400), st.integers(1, 40))
def test_a_pingpong_is_its_own_mirror(quarters, span) -> None:
    ahead, back = (Footage(sign * quarters / 4, loop="pingpong").place(span / 4) for sign in (1, -1))
    assert ahead == pytest.approx(back, abs=1e-6)


@given(runs, runs, lengths)
def test_once_never_goes_back_while_it_runs_on(one, other, length) -> None:
    first, then = sorted([one, other])
    assert Footage(first, loop="once").place(length) <= Footage(then, loop="once").place(length)


def test_what_is_short_of_a_turn_by_rounding_is_the_first_picture() -> None:
    assert Footage(0.1 + 0.2).place(0.3) == pytest.approx(0.0, abs=1e-9)
    assert Footage(0.3 - 1e-9).place(0.3) == 0.0


def test_an_end_before_the_beginning_stands_still() -> None:
    places = {Footage(n / 7, 1.0, 5.0, 2.0).place(9.0) for n in range(20)}
    assert len(places) == 1


def test_a_film_of_no_length_stands_at_its_beginning() -> None:
    assert Footage(3.0).place(0.0) == 0.0


def test_it_runs_as_the_timeline_does_whenever_the_first_frame_comes() -> None:
    """A show is ready after a second or two, a film of it begins at once: both are at the same place then."""
    film = show()
    assert [run(film.at(n, 5.0 + n / 4)) for n in range(4)] == [5.0, 5.25, 5.5, 5.75]


def test_speed_and_play_act_from_when_they_are_set() -> None:
    film = show((1.0, "speed", -2.0), (2.0, "play", False), (3.0, "play", True))
    assert [run(film.at(n, float(n))) for n in range(5)] == [0.0, 1.0, -1.0, -1.0, -3.0]


@pytest.mark.parametrize(("out", "length"), [(10.0, 20.0), (0.0, 10.0), (50.0, 10.0)])
@pytest.mark.parametrize("loop", ["loop", "once", "pingpong"])
@pytest.mark.parametrize("when", [3.0, 74.0, 88.0])
@pytest.mark.parametrize(
    ("name", "value"), [("out", 9.5), ("in", 0.5), ("loop", "once"), ("loop", "pingpong"), ("speed", -0.5)]
)
def test_a_film_goes_on_from_where_it_is_whatever_is_set(
    loop: str, when: float, name: str, value: object, out: float, length: float
) -> None:
    """Whether its end is `out` or its own, which its head does not know."""
    film = show((when, name, value), out=out, loop=loop)
    film.at(0, 0.0)
    before, after = (place(film.at(n, when - gap), length) for n, gap in enumerate((1e-6, 0.0), 1))
    assert after == pytest.approx(min(before, 9.5) if name == "out" else before, abs=2 * SLIVER)


def test_a_pingpong_on_its_way_back_stays_on_it_and_what_is_outside_begins_at_the_edge() -> None:
    film = show((18.0, "out", 9.0), (19.0, "in", 1.5), (19.25, "out", 1.6), out=10.0, loop="pingpong")
    places = [place(film.at(n, second)) for n, second in enumerate((0.0, 17.0, 18.0, 18.25, 19.0, 19.25))]
    assert places == pytest.approx([0.0, 3.0, 2.0, 1.75, 1.5, 1.6], abs=2 * SLIVER)


def test_in_its_first_round_a_whole_film_goes_on_from_where_it_is() -> None:
    film = show((4.0, "in", 3.0), (5.0, "out", 9.0))
    assert [place(film.at(n, float(n))) for n in range(7)] == pytest.approx([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])


def test_a_knob_that_moves_the_beginning_of_a_whole_film_moves_the_film_no_further() -> None:
    film = show(*((65.0 + n / 60, "in", n / 100) for n in range(1, 100)))
    film.at(0, 0.0)
    places = [place(film.at(n, 65.0 + n / 60)) for n in range(1, 100)]
    assert places == pytest.approx([5.0 + n / 60 for n in range(1, 100)], abs=2 * SLIVER)


def test_however_often_its_bounds_change_no_more_is_kept_than_is_looked_back_on() -> None:
    film = show(*((float(n), "loop", ("loop", "pingpong")[n % 2]) for n in range(1, 200)))
    one, deep = [film.at(n, float(n)).layers[0].footage for n in range(200)][-1], 0
    while one is not None:
        one, deep = one.before, deep + 1
    assert deep == DEEP + 1


def test_what_is_seen_once_goes_back_at_once_from_behind_its_end() -> None:
    film = show((1.0, "position", 9999.0), speed=-1.0, loop="once")
    places = [place(film.at(n, float(n))) for n in range(4)]
    assert places == pytest.approx([0.0, 20.0, 19.0, 18.0], abs=2 * SLIVER)


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0])), max_size=12))
@example([(30.0, -1.0), (5.0, 1.0)])
def test_what_is_seen_once_turns_where_it_stands(moves: list[tuple[float, float]]) -> None:
    """Whatever the length of the film, which its head does not know."""
    now, speed, events, places = 0.0, 1.0, [], {2.0: 0.0, 10.0: 0.0, 50.0: 0.0}
    for gap, after in moves:
        places = {length: min(max(run + gap * speed, 0.0), length) for length, run in places.items()}
        now, speed = now + gap, after
        events.append((now, "speed", speed))
    film = show(*events, loop="once")
    for n, (when, _, _) in enumerate([(0.0, "", 0.0), *events]):
        seen = film.at(n, when)
    assert [place(seen, length) for length in places] == pytest.approx(list(places.values()), abs=2 * SLIVER)


def test_however_often_it_turns_no_more_is_kept() -> None:
    events = [(n / 4, "speed", (-1.0) ** n * (1.0 + n / 1000)) for n in range(1, 400)]
    film = show(*events, loop="once")
    footages = [film.at(n, n / 4).layers[0].footage for n in range(400)]
    assert max(len(one.turns) for one in footages if one) < 8


def test_a_written_position_seeks_and_the_same_one_seeks_again() -> None:
    film = show((1.0, "position", 7.0), (3.0, "position", 7.0), in_=2.0)
    assert [run(film.at(n, float(n))) for n in range(5)] == [0.0, 5.0, 6.0, 5.0, 6.0]


def test_scrub_is_exactly_where_position_says() -> None:
    film = show((1.0, "position", 7.0), (2.0, "position", 3.5), clock="scrub")
    frames = [film.at(n, float(n)) for n in range(3)]
    assert [frame.layers[0].footage.place(9.0) for frame in frames] == [0.0, 7.0, 3.5]  # type: ignore[union-attr]


def test_the_timeline_s_clock_follows_its_seeks_and_its_stops() -> None:
    patch, state = show(clock="timeline", speed=0.5).patch, State()
    events = [Event(2.0, "/transport/seek", (16.0,), "test"), Event(3.0, "/transport/stop", (), "test")]
    seen = []
    for second in range(5):
        result = tick(patch, state, [e for e in events if e.seconds == second], Moment(second, float(second)))
        state = result.state
        seen.append(run(result.frame))
    assert seen == [0.0, 0.5, 4.0, 4.5, 4.5]


@given(st.lists(st.floats(0.01, 2.0), max_size=20), st.floats(-4.0, 4.0))
def test_how_often_it_is_looked_at_moves_nothing(gaps, speed) -> None:
    once, often = show(speed=speed), show(speed=speed)
    once.at(0, 0.0)
    often.at(0, 0.0)
    now = 0.0
    for gap in gaps:
        now += gap
        often.at(0, now)
    assert often.at(1, now + 1.0).layers[0].footage == once.at(1, now + 1.0).layers[0].footage


def test_a_job_names_the_films_that_it_looks_at() -> None:
    assert filmed(Job(layer=3)) == ()
    assert filmed(Job(source="media", layer=3)) == (3,)
    assert filmed(Job(first="media", layer=3)) == filmed(Job(mix=0.1, layer=3)) == (3,)
    assert filmed(Job(source="noise", mix=0.1)) == ()
    assert filmed(Job(source="media", layer=5, mask=Mask("media", layer=2))) == (2, 5)
    assert filmed(Job(source="media", layer=2, mask=Mask("media", layer=2))) == (2,)


def test_the_sampler_sees_a_film_where_it_will_be_when_its_image_is_seen() -> None:
    params = table(layer_params(1, 0.0, "normal", "media"))
    patch = Patch(table=params, values={"/source/kind": "media"}, layers=(LayerSpec("media", media=MediaSpec("a")),))
    state = tick(patch, State(), [], Moment(0, 0.0)).state
    job = tick(patch, state, [], Moment(1, 2.0), Delays(stage=0.02, sampler=0.15)).frame.job
    ((number, place),) = job.footage
    assert (number, place.run) == (1, pytest.approx(2.15))
    still = Event(2.0, "/source/kind", ("feedback",), "test")
    assert tick(patch, state, [still], Moment(1, 2.0)).frame.job.footage == ()
