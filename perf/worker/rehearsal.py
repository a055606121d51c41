"""The sampler's turns for what comes: the next cue's first images, with a carry of their own.

A turn is free while the programme waits for its rate. Otherwise the programme waits for it, and the next such turn is
put off until the share of the sampler's time that the performer gives to previews is kept. Makes pictures through the
engine that it is given; touches no box and catches nothing.
"""

from dataclasses import dataclass, replace
from typing import Any

from perf.core.frame import Job
from perf.core.job import LASTING, alike
from perf.worker.message import Ahead

FIRST = 4  # images with which a recursion goes ahead; what starts from nothing needs one
WARM = 1.0  # seconds after which a preview begins again from where the programme is by then
ENCODING = 0.25  # seconds between two requests to encode the same prompts


@dataclass(slots=True)
class Turn:
    """A run of images ahead, under way: the carry of the last, and how many there are."""

    carry: Any
    made: int = 0


class Rehearsal:
    """What is rendered ahead. `order` is the show's newest word; `subject` as in `Ahead`."""

    def __init__(self) -> None:
        self.order = Ahead()
        self._turn: Turn | None = None  # the run that is under way
        self._done: tuple[Job, float] | None = None  # the last whole run of this subject, and when it ended
        self._kept: tuple[int, Any] = (0, None)  # the subject and the carry behind the picture that the show has
        self._refused = 0  # the subject that failed: not tried again
        self._paid, self._encode = 0.0, 0.0  # when the next turn that costs something, and the next request, may come

    def follow(self, order: Ahead, job: Job) -> Any:
        """Take the show's newest word; the carry to go on from when it has taken what was rendered ahead."""
        before, self.order = self.order, order
        subject, carry = self._kept
        if order.subject != before.subject:
            self._turn = self._done = None
        if order.taken == before.taken or order.taken != subject or carry is None:
            return None
        return replace(carry, seconds=job.seconds)

    def wanted(self, now: float, spare: float, cost: float) -> Job | None:
        """The job of the next image ahead, if it may be made at `now`, with `spare` seconds until the programme's next.

        `cost` is what an image takes.
        """
        order = self.order
        if order.job is None or order.subject == self._refused or not self._stale(order.job, now):
            return None
        if spare < cost and (now < self._paid or order.share <= 0.0):
            return None
        return order.job

    def _stale(self, job: Job, now: float) -> bool:
        if self._turn is not None or self._done is None:
            return True
        done, ended = self._done
        if not alike(job, done):
            return True
        moves = job.source == "feedback" or (job.noise == "travel" and job.drift != done.drift)
        return now >= ended + WARM and (moves or any(getattr(job, name) != getattr(done, name) for name in LASTING))

    def encoding(self, now: float) -> bool:
        """Whether to ask for prompts' embeddings now: they were not, or it is a while ago."""
        asks = now >= self._encode
        if asks:
            self._encode = now + ENCODING
        return asks

    def image(self, engine: Any, job: Job, programme: Any, now: float) -> Any:
        """Make the next image of what `wanted` said.

        A run begins from the programme's carry, with the cue's prompts all there. The image, if the show is to have it:
        each of a subject's first run, then the last of each.
        """
        if self._turn is None:
            self._turn = Turn(replace(programme, mix=()))
        turn = self._turn
        image, turn.carry = engine.step(job, turn.carry)
        turn.made += 1
        whole = turn.made >= (FIRST if job.source == "feedback" else 1)
        shown = whole or self._done is None
        if shown:
            self._kept = (self.order.subject, turn.carry)
        if whole:
            self._turn, self._done = None, (self.order.job or job, now)  # at whatever size there was room for
        return image if shown else None

    def failed(self) -> None:
        """An image could not be made: not again until something else is to be seen."""
        self._turn, self._refused = None, self.order.subject

    def charge(self, now: float, seconds: float) -> None:
        """The programme waited so long for a turn that ended at `now`."""
        if seconds > 0.0 and self.order.share > 0.0:
            self._paid = now + seconds / self.order.share
