"""Turns ahead: in spare time or within their share, from the programme's carry, again when it has moved on."""

from dataclasses import dataclass, replace

from perf.core.frame import Job
from perf.worker.message import Ahead
from perf.worker.rehearsal import ENCODING, FIRST, WARM, Rehearsal

JOB = Job(source="noise", noise="fixed", prompts=(("city", 1.0),))
BACK = replace(JOB, source="feedback")


@dataclass(frozen=True)
class Carry:
    name: str
    mix: tuple[str, ...] = ("sea",)
    seconds: float = 0.0


class Engine:
    """Answers with the carry's name and one more letter."""

    def step(self, job: Job, carry: Carry) -> tuple[str, Carry]:
        name = f"{carry.name}{len(carry.mix)}"
        return name, Carry(name, ("city",), job.seconds)


def told(job: Job | None = JOB, share: float = 0.1) -> Rehearsal:
    rehearsal = Rehearsal()
    rehearsal.follow(Ahead(job, 1, 0, share), Job())
    return rehearsal


def image(rehearsal: Rehearsal, job: Job = JOB, now: float = 0.0, programme: str = "p") -> str:
    return rehearsal.image(Engine(), job, Carry(programme), now)


def test_nothing_is_wanted_where_nothing_comes() -> None:
    assert told(None).wanted(0.0, 1.0, 0.1) is None


def test_spare_time_is_free_and_the_rest_within_the_share() -> None:
    rehearsal = told(share=0.1)
    assert rehearsal.wanted(0.0, 0.05, 0.1) == JOB, "nothing has been taken from the programme so far"
    rehearsal.charge(10.0, 0.1)
    assert rehearsal.wanted(10.9, 0.05, 0.1) is None
    assert rehearsal.wanted(10.9, 0.2, 0.1) == JOB
    assert rehearsal.wanted(11.1, 0.05, 0.1) == JOB
    assert told(share=0.0).wanted(0.0, 0.05, 0.1) is None
    assert told(share=0.0).wanted(0.0, 0.2, 0.1) == JOB
    rehearsal.charge(20.0, -0.5)
    assert rehearsal.wanted(20.0, 0.0, 0.1) == JOB


def test_what_starts_from_nothing_is_made_once() -> None:
    rehearsal = told()
    assert image(rehearsal) == "p0", "the programme's carry, with the cue's prompts all there"
    assert rehearsal.wanted(99.0, 1.0, 0.1) is None
    rehearsal.follow(Ahead(replace(JOB, skip=0.53), 1, 0, 0.1), Job())
    assert rehearsal.wanted(WARM / 2, 1.0, 0.1) is None
    assert rehearsal.wanted(WARM, 1.0, 0.1) is not None, "a curve went on"
    rehearsal.follow(Ahead(replace(JOB, skip=0.9), 1, 0, 0.1), Job())
    assert rehearsal.wanted(WARM / 2, 1.0, 0.1) is not None, "a knob was turned"


def test_what_there_was_less_room_for_is_made_once_too() -> None:
    rehearsal = told()
    image(rehearsal, replace(JOB, size=(64, 64)))
    assert rehearsal.wanted(99.0, 1.0, 0.1) is None


def test_travelling_noise_is_followed() -> None:
    travelling = replace(JOB, noise="travel", drift=1.0)
    rehearsal = told(travelling)
    image(rehearsal, travelling, now=5.0)
    rehearsal.follow(Ahead(replace(travelling, drift=1.5), 1, 0, 0.1), Job())
    assert rehearsal.wanted(5.0 + WARM / 2, 1.0, 0.1) is None
    assert rehearsal.wanted(5.0 + WARM, 1.0, 0.1) is not None


def test_a_recursion_goes_ahead_and_begins_again_from_the_programme() -> None:
    rehearsal = told(BACK)
    first = [image(rehearsal, BACK) for _ in range(FIRST)]
    assert first == ["p0", "p01", "p011", "p0111"], "the show has each of the first"
    assert rehearsal.wanted(WARM / 2, 1.0, 0.1) is None
    assert rehearsal.wanted(WARM, 1.0, 0.1) is not None
    assert [image(rehearsal, BACK, WARM, "q") for _ in range(FIRST)] == [None, None, None, "q0111"]


def test_the_programme_goes_on_from_what_was_taken() -> None:
    rehearsal = told()
    image(rehearsal)
    assert rehearsal.follow(Ahead(JOB, 1, 0, 0.1), Job()) is None
    carry = rehearsal.follow(Ahead(BACK, 2, 1, 0.1), Job(seconds=9.0))
    assert (carry.name, carry.seconds) == ("p0", 9.0)
    assert rehearsal.follow(Ahead(BACK, 2, 1, 0.1), Job()) is None, "once"
    assert rehearsal.follow(Ahead(BACK, 3, 2, 0.1), Job()) is None, "nothing was made of that"


def test_what_fails_is_not_tried_again_until_it_is_another() -> None:
    rehearsal = told()
    rehearsal.failed()
    assert rehearsal.wanted(99.0, 1.0, 0.1) is None
    rehearsal.follow(Ahead(JOB, 2, 0, 0.1), Job())
    assert rehearsal.wanted(99.0, 1.0, 0.1) == JOB


def test_prompts_are_asked_for_now_and_then() -> None:
    rehearsal = told()
    assert [rehearsal.encoding(now) for now in (1.0, 1.0 + ENCODING / 2, 1.0 + ENCODING)] == [True, False, True]
