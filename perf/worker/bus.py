"""The preview bus, in the show: what is to be rendered ahead, what has come of it, and when the stage takes it.

A subject is one cue, until what it leads to changes by a leap. When the cue goes, its picture is taken if it is there
and is still what the cue asks for, knobs and all; else the cue plays as it always did.
Imports no torch and waits for nothing.
"""

from dataclasses import replace

from perf.core.event import Value
from perf.core.frame import Frame, Preview
from perf.core.job import alike, leap
from perf.core.picture import Picture
from perf.worker.message import Ahead, Status

OFFERS = 64  # of the latest jobs to come that are remembered until their pictures are there


class PreviewBus:
    """What is rendered ahead.

    `picture` is the newest of the coming cue, `ready` whether it is what the cue would ask for now; `taken` and
    `missed` count cues that cut. `since` is when the sampler was first asked for what was taken last: an image that was
    asked for earlier is of what was left.
    """

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self.taken = self.missed = 0
        self._coming: Preview | None = None
        self._offers: dict[int, Preview] = {}  # of late, by the tick's number
        self._made: Preview | None = None  # what the picture is of
        self._order = Ahead()
        self.ready = False
        self.since = 0.0
        self._fired, self._asked = 0, 0.0  # cues that have gone by the last job, and when it first said so

    @property
    def order(self) -> Ahead:
        """What the sampler process is to know."""
        return self._order

    @property
    def cue(self) -> str:
        """The name of the cue that is seen ahead."""
        return self._coming.name if self._coming else ""

    def arrived(self, picture: Picture, subject: int) -> None:
        """A picture was made ahead; one of what was to be seen before is too late."""
        if subject == self._order.subject:
            self.picture, self._made = picture, self._offers.get(picture.index)
            self.ready = self._is_ready()

    def _is_ready(self) -> bool:
        made, coming = self._made, self._coming
        return made is not None and coming is not None and alike(made.job, coming.job)

    def forget(self) -> None:
        """Another process plays: it has made nothing ahead."""
        self._coming = self._made = self.picture = None
        self.ready = False

    def follow(self, before: Frame | None, frame: Frame, newest: float) -> Picture | None:
        """After a tick: the picture to show at once, if a cue has gone and its picture is there.

        `newest` is when the newest image was asked for: where the sampler was asked early enough, it is there already.
        """
        if frame.job.fired != self._fired:
            self._fired, self._asked = frame.job.fired, frame.job.seconds
        gone = before is not None and frame.cue[1] != before.cue[1]
        picture = self._gone(frame) if gone and newest < self._asked else None
        self._come(frame)
        return picture

    def _gone(self, frame: Frame) -> Picture | None:
        coming, made, picture = self._coming, self._made, self.picture
        if coming is not None and coming.cue == frame.cue[0] and coming.fades:
            return None  # it begins where the programme is
        if not (picture and made and made.cue == frame.cue[0] and alike(made.job, frame.job)):
            self.missed += 1
            return None
        self.taken, self.since = self.taken + 1, self._asked
        self._order = replace(self._order, taken=self._order.subject)
        return replace(picture, cuts=frame.job.source != "feedback")

    def _come(self, frame: Frame) -> None:
        """Ask for what comes now."""
        coming, before = frame.preview, self._coming
        if coming is before:
            return
        self._coming = coming
        another = coming is None or before is None or coming.cue != before.cue
        if another or (coming and before and leap(coming.job) != leap(before.job)):
            self.picture, self._made = (None if another else self.picture), None
            self._offers.clear()
            self._order = replace(self._order, subject=self._order.subject + 1)
        if coming is not None:
            self._offers[coming.job.index] = coming
            if len(self._offers) > OFFERS:
                del self._offers[next(iter(self._offers))]
        self.ready = self._is_ready()
        share = float(frame.values["/preview/share"])  # type: ignore[arg-type]
        self._order = replace(self._order, job=coming.job if coming else None, share=share)

    def status(self, now: float, sampler: Status) -> dict[str, Value]:
        """`/status/preview/…` at clock time `now`."""
        age = (now - self.picture.asked) * 1000 if self.picture else 0.0
        rows: dict[str, Value] = {
            "cue": self.cue,
            "ready": self.ready,
            "age": round(max(age, 0.0), 2),
            "taken": float(self.taken),
            "missed": float(self.missed),
            "errors": float(sampler.preview_errors),
            "message": sampler.preview_message if self.cue else "",
        }
        return {f"/status/preview/{name}": value for name, value in rows.items()}
