"""The preview bus, in the show: what is to be rendered ahead, what has come of it, and when the stage takes it.

A subject is one cue as it would be if it went now; another cue, or a knob that was turned, is another subject. When
the cue goes, its picture is taken if it is there and still what the cue asks for; else the cue plays as it always did.
Imports no torch and waits for nothing.
"""

from dataclasses import replace

from perf.core.event import Value
from perf.core.frame import Frame, Picture, Preview
from perf.core.job import alike
from perf.worker.message import Ahead, Status


class PreviewBus:
    """What is rendered ahead.

    `picture` is the newest of the coming cue, `ready` whether it is what the cue would ask for now; `taken` and
    `missed` count cues that cut.
    """

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self.taken = self.missed = 0
        self._coming: Preview | None = None
        self._subject: Preview | None = None
        self._order = Ahead()
        self.ready = False
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
            self.picture, self.ready = picture, True

    def forget(self) -> None:
        """Another process plays: it has made nothing ahead."""
        self._coming = self._subject = self.picture = None
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
        coming, subject, picture = self._coming, self._subject, self.picture
        if coming is not None and coming.cue == frame.cue[0] and coming.fades:
            return None  # it begins where the programme is
        fits = coming is not None and coming.cue == frame.cue[0] and subject is not None and self.ready
        if not (fits and subject and picture and alike(subject.job, frame.job)):
            self.missed += 1
            return None
        self.taken += 1
        self._order = replace(self._order, taken=self._order.subject)
        return replace(picture, cuts=frame.job.source != "feedback")

    def _come(self, frame: Frame) -> None:
        """Ask for what comes now."""
        coming, subject = frame.preview, self._subject
        if coming is self._coming:
            return
        self._coming = coming
        another = coming is None or subject is None or coming.cue != subject.cue
        if another or (coming and subject and not alike(coming.job, subject.job)):
            self.ready, self._subject = False, coming
            self.picture = None if another else self.picture
            self._order = replace(self._order, subject=self._order.subject + 1)
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
