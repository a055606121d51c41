"""The governor: who is slow is drawn smaller, then more seldom, and whole again when there is room."""

from perf.gl.governor import OFTEN, RARELY, SURE, Governor, Limit

MS = 1e-3


def measured(governor: Governor, whole: float, times: int = SURE) -> None:
    """Measure a shader that takes `whole` seconds when it is drawn at its size."""
    for n in range(times):
        governor.measured(whole / governor.divisor**2, n)


def test_without_a_limit_nothing_is_measured() -> None:
    assert not Governor(Limit(), "slow").due(10**6)


def test_who_fits_is_measured_rarely_and_drawn_whole() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "quick")
    assert not governor.due(OFTEN - 1)
    assert governor.due(OFTEN)
    measured(governor, 10 * MS)
    assert (governor.words, limit.said) == ("", [])
    assert governor.summary == "quick 10.0 ms"
    assert not governor.due(RARELY)
    assert governor.due(SURE - 1 + RARELY)


def test_one_hiccup_changes_nothing() -> None:
    governor = Governor(Limit(30 * MS), "quick")
    for took in (10, 90, 10, 10, 90, 10):
        governor.measured(took * MS, 0)
    assert governor.words == ""


def test_who_is_slow_is_drawn_smaller_and_it_is_said() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "slow")
    measured(governor, 100 * MS)
    assert (governor.divisor, governor.every) == (2, 1)
    assert limit.said == ["slow takes 100 ms of each frame, more than 30 ms: it is drawn at 1/2 of its size"]


def test_who_is_far_too_slow_is_drawn_as_little_as_can_be_at_once() -> None:
    governor = Governor(Limit(30 * MS), "stuck")
    governor.measured(153.6, 0)
    assert governor.divisor == 32
    assert governor.every == 6  # 150 ms at a thirty-second: 25 ms a frame, on average
    assert governor.words == "at 1/32 of its size, every 6 frames"
    assert Governor(Limit(30 * MS), "known", guess=153.6).divisor == 32


def test_a_busy_machine_is_not_taken_for_more_and_more_pixels() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "film")
    governor.measured(651 * MS, 0)  # all of it waits for other programs
    assert governor.divisor == 8
    for took in (272, 240, 290, 300, 280):
        governor.measured(took * MS, 0)
    assert (governor.divisor, governor.every) == (8, 10)
    assert limit.said[-1].startswith("film takes 272 ms of each frame"), "what was measured, not 64 times as much"
    draws = 0
    while governor.words:
        governor.measured(5 * MS / governor.divisor**2, draws)
        draws += 1
        assert draws <= 4 * SURE
    assert limit.said[-1] == "film is drawn whole again"


def test_after_a_frame_that_came_late_who_was_quick_is_measured_at_once() -> None:
    governor = Governor(Limit(30 * MS), "turned up")
    measured(governor, 10 * MS)
    assert not governor.due(SURE, 100 * MS)
    assert governor.due(SURE, 130 * MS)
    governor.measured(0.9, SURE)
    assert governor.divisor == 8


def test_it_is_drawn_whole_again_when_there_is_room() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "slow", guess=1.9)
    assert (governor.divisor, governor.every) == (8, 1)
    for _ in range(9):
        measured(governor, 5 * MS)
    assert governor.words == ""
    assert limit.said[-1] == "slow is drawn whole again"
    assert len(limit.said) == 4


def test_it_does_not_swing() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "slow")
    for _ in range(20):
        measured(governor, 100 * MS)
    assert governor.divisor == 2
    assert len(limit.said) == 1


def test_who_is_drawn_seldom_enough_stays_as_it_is() -> None:
    """Fewer pixels are no help, as of buffers of a fixed size: what its draws take on average is what must fit."""
    limit = Limit(30 * MS)
    governor = Governor(limit, "fixed")
    for n in range(120):
        governor.measured((55 if n % 6 < 3 else 65) * MS, n)
    assert governor.every == 3
    assert len(limit.said) == 2


def test_more_that_was_too_much_is_tried_more_and_more_rarely() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "restless")
    for n in range(600):
        took = 62 * MS if governor.divisor == 1 else (5 if n % 40 < 20 else 12) * MS
        governor.measured(took, 4 * n)
    assert 4 < len(limit.said) < 16


def test_when_the_load_has_gone_nobody_waits_for_what_was_too_much_before() -> None:
    limit = Limit(30 * MS)
    governor = Governor(limit, "restless")
    for n in range(600):
        governor.measured(62 * MS if governor.divisor == 1 else (5 if n % 40 < 20 else 12) * MS, 4 * n)
    while not governor.words:
        governor.measured(62 * MS, 2400)
    for n in range(2 * SURE):
        governor.measured(1 * MS, 2500 + 4 * n)
    assert governor.words == ""


def test_no_limit_any_more_draws_whole() -> None:
    governor = Governor(Limit(30 * MS), "slow", guess=1.0)
    governor.free()
    assert governor.words == ""
