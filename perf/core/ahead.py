"""What the coming cue would ask of the sampler if it went now: for a picture of it before it goes.

It takes a resolve of its own, so the answer is kept for a while: it is made again when the cues stand otherwise, and a
few times a second because the show goes on. Changes nothing that plays.
"""

from perf.core import conductor
from perf.core.apply import Desk
from perf.core.frame import Job, Preview
from perf.core.job import heard, job_of
from perf.core.patch import Patch
from perf.core.resolve import resolve
from perf.core.state import State

EVERY = 0.2  # seconds that an answer is kept


def previewed(patch: Patch, state: State, seconds: float, now: Job) -> Preview | None:
    """The coming cue's job, `now` being the programme's; None without cues."""
    if not patch.timeline.cues:
        return None
    cues, before = state.cues, state.preview
    behind = (cues.current, cues.fired, cues.pending, cues.preview, state.transport.playing)
    if before is not None and before.behind == behind and 0.0 <= seconds - before.job.seconds < EVERY:
        return before
    desk = Desk(patch, state, seconds)
    index = conductor.coming(desk, seconds)
    cue = patch.timeline.cues[index]
    conductor.rehearse(desk, index, seconds)
    there = desk.transport.place(now.index, seconds)
    after = desk.state()
    job = job_of(patch, after, resolve(patch, after, there), there)
    fades = cue.fade > 0.0 or (job.fade > 0.0 and heard(job) != heard(now))
    return Preview(index, cue.name, job, fades, behind)
