"""The sampler's loop: newest job in, image out, for as long as the show lives.

An exception in a step is counted and told, and the next step is tried: this loop's edge holds some of the project's few
broad excepts. Knows the engine that it is given; torch comes in with that.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from threading import Thread
from typing import Any

from perf.core.frame import Job, Plate
from perf.core.job import filmed, leap
from perf.errors import GivenUp
from perf.ports.mailbox import Slot
from perf.ports.meters import memory_mb
from perf.worker.box import Box
from perf.worker.heap import give_back
from perf.worker.message import (
    Status,
    decode_job,
    decode_plates,
    encode_status,
)
from perf.worker.rehearsal import Rehearsal
from perf.worker.room import Room

REST = 0.002  # seconds between looks at an empty box
TELL = 0.25  # seconds between two words of the status
LOOK = 0.1  # seconds between two looks at an image
TIDY = 30.0  # seconds between returns of free memory to the system
FAILURES = 3  # steps that fail in a row before the recursion starts anew
BROKEN = 10  # in a row with an error of the GPU, which then lasts as long as the process


def _settled() -> None:
    """Nothing is left to be made quicker."""


@dataclass(slots=True)
class Boxes:
    """The sampler's end of the boxes."""

    jobs: Box
    plates: Box
    images: Box
    previews: Box
    status: Box
    last: Status = field(default_factory=Status)

    def tell(self, **changes: object) -> None:
        """Publish what has changed in the status."""
        self.last = replace(self.last, **changes)  # type: ignore[arg-type]
        self.status.put([encode_status(self.last)])


class Player:
    """The loop: newest job in, image out, paced to the job's rate.

    `settle` is called once, when the first image is out: what makes the next ones quicker would make that one late.
    `stage` is as in `Outgoing`.
    """

    def __init__(
        self,
        engine: Any,
        boxes: Boxes,
        settle: Callable[[], None] = _settled,
        stage: tuple[int, int] = (0, 0),
    ) -> None:
        from perf.diffusion.sight import Eye
        from perf.worker.outgoing import Outgoing

        self._engine, self._boxes = engine, boxes
        self._carry: Any = None
        self._taken: Any = None  # the carry of a preview that was taken while an image was being made
        self._begun, self._settle = False, settle
        self._outgoing = Outgoing(boxes.images, boxes.previews, stage)
        self._room = Room(engine.family.fit)
        self._job: Job | None = None
        self._ready: Job | None = None
        self._texts: dict[int, str] = {}  # what was encoded last of each of the job's prompts
        self._wanted: Slot[dict[int, str]] = Slot()
        self._encoded: Slot[tuple[dict[int, str], dict[str, Any]]] = Slot()
        self._failures = 0
        self._due = 0.0
        self._told = 0.0
        self._tidied = time.perf_counter()
        self._touch = 0
        self._plates: tuple[Plate, ...] = ()  # what jobs look at
        self._making: Job | None = None  # what the image in hand is of
        self._given_up = self._stopped = False
        engine.overtaken = self._overtaken
        self._rehearsal = Rehearsal()
        self._eye, self._looked = Eye(), 0.0
        Thread(target=self._encode, name="prompts", daemon=True).start()

    def play(self, alive: Callable[[], bool]) -> None:
        """Step until told to stop or left alone."""
        while alive():
            self._listen()
            if self._stopped:
                return
            if self._job is not None and self._rehearsed(self._job):
                continue
            if self._job is None or self._early(self._job):
                time.sleep(REST)
                continue
            self._touch = self._job.touch
            self._paced(self._job)

    def _listen(self) -> None:
        """Take the newest message, if there is one: a job and what comes after it, or to stop."""
        plates, message = self._boxes.plates.take(), self._boxes.jobs.take()
        if plates is not None:
            self._plates = decode_plates(plates)
        if message is None:
            return
        found = decode_job(message)
        if found is None:
            self._stopped = True
            return
        before = self._job
        self._job, ahead, self._outgoing.borrows = found
        if before is not None:
            self._due += 1.0 / self._job.rate - 1.0 / before.rate  # another rate counts from the last image
        if (carry := self._rehearsal.follow(ahead, self._job)) is not None:
            self._carry = self._taken = carry

    def _early(self, job: Job) -> bool:
        """Whether the next image is not due yet; a hand that moved something is answered at once."""
        return time.perf_counter() < self._due and job.touch == self._touch

    def _paced(self, job: Job) -> None:
        began, due = time.perf_counter(), self._due
        self._due = max(min(due, began) + 1.0 / job.rate, began)  # what a hand got early is not waited for after it
        try:
            self._step(job)
            took = (time.perf_counter() - began) * 1000
            self._failures, self._given_up = 0, False
            settle, self._settle = self._settle, _settled
            settle()
        except GivenUp:
            self._due, self._given_up = due, True
            return
        except Exception as error:  # noqa: BLE001 - the loop's edge: counted, told, and the show goes on
            self._failed(error)
            return
        self._boxes.last = self._boxes.last.after(took, self._engine.spent)
        if began - self._told > TELL:
            self._told = began
            self._boxes.tell(state="playing", message=self._said(job, began)[:500], memory_mb=memory_mb())
        if began - self._tidied > TIDY:
            self._tidied = began
            give_back()

    def _step(self, asked: Job) -> None:
        looked_at = dict(asked.footage)
        plates = tuple(plate for plate in self._plates if plate.number in looked_at)
        job = replace(self._with_known_prompts(self._room.bearable(asked, time.perf_counter())), plates=plates)
        if not self._begun:
            self._begun, self._carry = True, self._outgoing.resumed(self._engine.family, job)
        self._making, self._taken = asked, None
        try:
            image, carry = self._engine.step(job, self._carry)
        finally:
            self._making = None
        self._carry = self._taken or carry
        self._outgoing.image(image, job, carry.motion)
        self._look(job, image[..., :3])

    def _overtaken(self) -> bool:
        """Whether something has leapt since the image in hand was begun; never of two in a row, so that some end."""
        if self._making is None or self._given_up:
            return False
        self._listen()
        return self._stopped or (self._job is not None and leap(self._job) != leap(self._making))

    def _look(self, job: Job, image: Any) -> None:
        """Say what an image looks like, a few times a second."""
        now = time.perf_counter()
        sight = self._eye.see(image, job.seconds, looking=now - self._looked > LOOK)
        if sight is None:
            return
        self._looked = now
        likeness = self._engine.likeness(image, job.likeness) if job.likeness else None
        seen = {name: round(value, 4) for name, value in asdict(sight).items() if name != "palette"}
        self._boxes.tell(seen=seen | {"likeness": round(likeness or 0.0, 4), "palette": " ".join(sight.palette)})

    def _rehearsed(self, programme: Job) -> bool:
        """Render an image of what comes, if there is time; nothing of it reaches the programme."""
        began = time.perf_counter()
        due = self._due if programme.touch == self._touch else began
        job = self._rehearsal.wanted(began, due - began, self._boxes.last.step_ms / 1000)
        if job is None or self._carry is None or filmed(job) or not self._encoded_ahead(job, began):
            return False  # where a film will be then, is not known now
        try:
            self._ahead(self._room.bearable(job, began), began)
        except Exception as error:  # noqa: BLE001 - the loop's edge: counted, told, and the programme goes on
            self._rehearsal.failed()
            errors = self._boxes.last.preview_errors + 1
            self._boxes.tell(preview_errors=errors, preview_message=f"{type(error).__name__}: {error}"[:500])
        now = time.perf_counter()
        self._rehearsal.charge(now, min(now - began, now - due))
        return True

    def _encoded_ahead(self, job: Job, now: float) -> bool:
        """Whether a coming job's prompts are known; they are encoded beside us."""
        unknown = self._unknown(job)
        if unknown and self._rehearsal.encoding(now):
            self._wanted.put({-1 - row: text for row, text in unknown.items()})  # of no row that plays now
        return not unknown

    def _ahead(self, job: Job, now: float) -> None:
        image = self._rehearsal.image(self._engine, job, self._carry, now)
        last, said = self._boxes.last, "; ".join(self._engine.notes)[:500]
        self._boxes.last = replace(last, previews=last.previews + 1, preview_message=said)
        if image is not None:
            self._outgoing.preview(image, job, self._rehearsal.order.subject)

    def _said(self, job: Job, now: float) -> str:
        """What the performer must know: of the loading, and of what is played otherwise than asked for."""
        ways = filter(None, (self._outgoing.said, self._room.said(job, now)))
        return "; ".join([*self._engine.family.notes, *ways, *self._engine.notes])

    def _with_known_prompts(self, job: Job) -> Job:
        """The job; a prompt that is still being encoded beside us plays with its text before, a new one not yet."""
        unknown = self._unknown(job)
        here = {row: text for row, (text, _) in enumerate(job.prompts)}
        if not unknown or self._ready is None:
            self._ready, self._texts = job, here
            return job
        self._wanted.put(unknown)
        known = {row: text for row, text in here.items() if row not in unknown}
        self._texts = {row: text for row, text in (self._texts | known).items() if row in here}
        rows = sorted(self._texts)
        prompts = tuple((self._texts[row], job.prompts[row][1]) for row in rows)
        if any(weight > 0.0 for _, weight in prompts):
            regions = tuple(job.regions[row] for row in rows) if job.regions else ()
            self._ready = replace(job, prompts=prompts, regions=regions)
        return replace(job, prompts=self._ready.prompts, regions=self._ready.regions)

    def _unknown(self, job: Job) -> dict[int, str]:
        """The texts of the job that are not encoded, by row, now that we know what has been encoded beside us."""
        rows, embeddings = self._encoded.take() or ({}, {})
        self._engine.keep(embeddings)
        self._texts.update(rows)
        return {row: text for row, (text, _) in enumerate(job.prompts) if not self._engine.knows(text)}

    def _encode(self) -> None:
        """The prompts' thread: encodes what a coming job will need."""
        while (wanted := self._wanted.wait()) is not None:
            try:
                self._encoded.put((wanted, {text: self._engine.encode(text) for text in wanted.values()}))
            except Exception as error:  # noqa: BLE001 - the loop's edge: asked for again by the next step
                last, words = self._boxes.last, f"prompts {str([*wanted.values()])[:80]}: {error}"
                self._boxes.last = replace(last, errors=last.errors + 1, message=words[:500])

    def _failed(self, error: Exception) -> None:
        """Count and tell; where memory runs out, play smaller. After other failures in a row give up the carry, which
        may be what is broken, and after more the process, if it has lost its GPU: another one has it again.
        """
        self._failures += 1
        if _out_of_memory(error):
            self._room.ran_out(time.perf_counter())
            give_back()
        elif self._failures >= FAILURES:
            self._carry = None
        words = (str(error).splitlines() or [""])[0]
        self._boxes.tell(errors=self._boxes.last.errors + 1, message=f"{type(error).__name__}: {words}"[:500])
        if self._failures >= BROKEN and _of_the_gpu(error):
            self._boxes.tell(state="failed")
            raise SystemExit(3) from None
        self._due = time.perf_counter() + min(0.1 * self._failures, 1.0)


def _out_of_memory(error: Exception) -> bool:
    """Whether a step failed for want of memory: CUDA and MPS say so, the CPU's allocator names itself."""
    words = str(error)
    return isinstance(error, MemoryError) or "out of memory" in words or "DefaultCPUAllocator" in words


def _of_the_gpu(error: Exception) -> bool:
    """Whether a step failed for an error of the GPU or its driver, after which its context answers no more."""
    return type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error)
