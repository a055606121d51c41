"""What was rendered ahead is taken when its cue goes, and only if it is still what the cue asks for."""

from dataclasses import replace

from perf.core.camera import Pose
from perf.core.frame import Frame, Job, Preview
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.worker.bus import PreviewBus
from perf.worker.message import Status

SEA = Job(prompts=(("sea", 1.0),), fade=0.0, source="noise")
CITY = replace(SEA, prompts=(("city", 1.0),))
AHEAD = Preview(0, "city", CITY)
PICTURE = Picture(0, bytes(3), (1, 1), Pose(), 60.0, 0.0, asked=1.0)


def frame(seconds: float, job: Job, preview: Preview | None, cue: tuple[int, int] = (-1, 0)) -> Frame:
    job = replace(job, seconds=seconds, fired=cue[1])
    return Frame(Moment(0, seconds), {"/preview/share": 0.1}, job, (), cue=cue, preview=preview)


def prepared(preview: Preview = AHEAD) -> tuple[PreviewBus, Frame]:
    bus, before = PreviewBus(), frame(2.0, SEA, preview)
    assert bus.follow(None, before, 1.9) is None
    bus.arrived(PICTURE, bus.order.subject)
    return bus, before


def test_what_comes_is_ordered_and_its_picture_is_ready() -> None:
    bus, _ = prepared()
    assert (bus.order.job, bus.order.share, bus.cue, bus.ready) == (CITY, 0.1, "city", True)
    status = bus.status(3.0, Status(preview_errors=2, preview_message="no word for zebra"))
    assert status == {
        "/status/preview/cue": "city",
        "/status/preview/ready": True,
        "/status/preview/age": 2000.0,
        "/status/preview/taken": 0.0,
        "/status/preview/missed": 0.0,
        "/status/preview/errors": 2.0,
        "/status/preview/message": "no word for zebra",
    }


def test_go_takes_it_in_the_same_frame() -> None:
    bus, before = prepared()
    subject = bus.order.subject
    taken = bus.follow(before, frame(2.1, CITY, None, (0, 1)), 2.05)
    assert taken is not None
    assert (taken.pixels, taken.cuts, bus.taken, bus.missed) == (PICTURE.pixels, True, 1, 0)
    assert bus.order.taken == subject
    assert bus.order.job is None


def test_a_recursion_goes_on_and_does_not_cut() -> None:
    back = replace(CITY, source="feedback")
    bus, before = prepared(replace(AHEAD, job=back))
    taken = bus.follow(before, frame(2.1, back, None, (0, 1)), 2.05)
    assert taken is not None
    assert not taken.cuts


def test_what_is_not_there_or_became_another_is_missed_and_nothing_is_shown() -> None:
    late = PreviewBus()
    before = frame(2.0, SEA, AHEAD)
    late.follow(None, before, 1.9)
    assert late.follow(before, frame(2.1, CITY, None, (0, 1)), 2.05) is None
    turned, before = prepared()
    assert turned.follow(before, frame(2.1, replace(CITY, seed=9.0), None, (0, 1)), 2.05) is None
    other, before = prepared()
    assert other.follow(before, frame(2.1, CITY, None, (3, 1)), 2.05) is None
    assert (late.missed, turned.missed, other.missed) == (1, 1, 1)
    assert (late.taken, turned.taken, other.taken) == (0, 0, 0)


def test_a_cue_that_fades_does_not_jump() -> None:
    bus, before = prepared(replace(AHEAD, fades=True))
    assert bus.follow(before, frame(2.1, CITY, None, (0, 1)), 2.05) is None
    assert (bus.taken, bus.missed) == (0, 0)


def test_where_the_sampler_was_asked_in_time_its_image_is_there_already() -> None:
    bus, before = prepared()
    asked = replace(frame(2.1, CITY, AHEAD), job=replace(CITY, seconds=2.1, fired=1))  # the stage sees the cue later
    bus.follow(before, asked, 2.05)
    assert bus.follow(asked, frame(2.3, CITY, None, (0, 1)), 2.1) is None
    assert bus.missed == 0
    bus, before = prepared()
    bus.follow(before, asked, 2.05)
    assert bus.follow(asked, frame(2.3, CITY, None, (0, 1)), 2.05) is not None, "not yet: the preview is"


def test_a_turned_knob_wants_another_picture_and_a_running_curve_does_not() -> None:
    bus, before = prepared()
    first = bus.order.subject
    near = replace(AHEAD, job=replace(CITY, skip=0.52, drift=3.0))
    bus.follow(before, frame(2.1, SEA, near), 2.05)
    assert (bus.order.subject, bus.ready, bus.order.job) == (first, True, near.job)
    turned = replace(AHEAD, job=replace(CITY, skip=0.9, index=7))
    bus.follow(before, frame(2.2, SEA, turned), 2.05)
    assert (bus.order.subject, bus.ready) == (first, False)
    bus.arrived(replace(PICTURE, index=7), first)
    assert bus.ready
    rewritten = replace(AHEAD, job=replace(CITY, prompts=(("lake", 1.0),), index=9))
    bus.follow(before, frame(2.2, SEA, rewritten), 2.05)
    assert (bus.order.subject, bus.ready) == (first + 1, False)
    assert bus.picture is not None, "it is still that cue"
    bus.arrived(PICTURE, first)
    assert not bus.ready, "a picture of the old subject is too late"
    bus.follow(before, frame(2.3, SEA, Preview(1, "lake", SEA)), 2.05)
    assert bus.picture is None


def test_another_process_has_made_nothing() -> None:
    bus, before = prepared()
    subject = bus.order.subject
    bus.forget()
    bus.follow(before, frame(2.1, SEA, AHEAD), 2.05)
    assert (bus.picture, bus.ready, bus.order.subject) == (None, False, subject + 1)
