"""What passes between show and sampler, as bytes. Pickle is safe here: both ends are this program's own processes."""

import json
import pickle
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from perf.core.camera import Pose
from perf.core.frame import Job, Plate
from perf.core.motion import Motion
from perf.core.picture import Lent, Picture

JOB_BYTES = 512 * 1024
STATUS_BYTES = 16 * 1024
HEAD_BYTES = 16 * 1024  # of pictures and plates, at most
STOP = b"stop"
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Status:
    """What the sampler process says of itself. `state` is loading, playing, failed or starting; times
    are running means of a step, and of its parts; `seen` is what its newest image looks like, by
    `core.readings.SIGHTS`."""

    state: str = "starting"
    message: str = ""
    pid: int = 0
    images: int = 0
    errors: int = 0
    step_ms: float = 0.0
    encode_ms: float = 0.0
    sample_ms: float = 0.0
    decode_ms: float = 0.0
    memory_mb: float = 0.0
    model: str = ""
    previews: int = 0
    preview_errors: int = 0
    preview_message: str = ""
    seen: dict[str, float | str] = field(default_factory=dict)

    def after(self, took: float, spent: tuple[float, float, float]) -> "Status":
        """The status after one more image, which `took` so many ms; `spent` are its parts in seconds."""
        share = 0.1 if self.step_ms else 1.0
        parts = zip(("step_ms", "encode_ms", "sample_ms", "decode_ms"), (took, *(1000 * s for s in spent)), strict=True)
        means = {name: getattr(self, name) + share * (new - getattr(self, name)) for name, new in parts}
        return replace(self, images=self.images + 1, **means)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be rendered ahead: a job (None: nothing) of subject number `subject`, in that share of the time.

    `taken` is the subject whose picture the stage took last: the programme goes on from there.
    """

    job: Job | None = None
    subject: int = 0
    taken: int = 0
    share: float = 0.0


def encode_job(job: Job, ahead: Ahead = Ahead(), borrows: tuple[int, ...] = ()) -> bytes:
    """A job, what comes after it, and the GPUs that can show its image without a trip through the host, as bytes."""
    return pickle.dumps((job, ahead, borrows))


def decode_job(message: bytes) -> tuple[Job, Ahead, tuple[int, ...]] | None:
    """The job, what comes after it, and those GPUs; None when the message says stop."""
    if message == STOP:
        return None
    job, ahead, borrows = pickle.loads(message)
    assert isinstance(job, Job)
    assert isinstance(ahead, Ahead)
    return job, ahead, borrows


def encode_plates(plates: Sequence[Plate]) -> list[bytes | bytearray | memoryview]:
    """What jobs look at, as the parts of a message."""
    head = pickle.dumps([(plate.number, plate.size) for plate in plates])
    return [_LENGTH.pack(len(head)) + head, *(plate.pixels for plate in plates)]


def decode_plates(message: bytes) -> tuple[Plate, ...]:
    """What jobs look at."""
    (length,) = _LENGTH.unpack_from(message)
    at, plates = _LENGTH.size + length, []
    for number, size in pickle.loads(message[_LENGTH.size : at]):
        end = at + 3 * size[0] * size[1]
        plates.append(Plate(number, size, memoryview(message)[at:end]))
        at = end
    return tuple(plates)


def encode_status(status: Status) -> bytes:
    """A status as bytes."""
    return json.dumps(asdict(status)).encode()


def decode_status(message: bytes) -> Status:
    """The status."""
    return Status(**json.loads(message))


def encode_picture(
    job: Job,
    size: tuple[int, int],
    mark: int,
    times: int = 1,
    motion: Motion | None = None,
    lent: Lent | None = None,
) -> bytes:
    """The head of an image message, with the recursion's epoch or the preview's subject; the pixels follow, unless it
    is lent."""
    head = pickle.dumps((job.index, job.pose, job.fov, job.seconds, size, mark, times, motion, lent))
    return _LENGTH.pack(len(head)) + head


def decode_picture(message: bytes, now: float) -> tuple[Picture, int]:
    """The picture, first shown `now`, and its mark."""
    (length,) = _LENGTH.unpack_from(message)
    start = _LENGTH.size + length
    index, pose, fov, asked, size, mark, times, motion, lent = pickle.loads(message[_LENGTH.size : start])
    assert isinstance(pose, Pose)
    pixels = memoryview(message)[start:]
    return Picture(index, pixels, size, pose, fov, now, asked, times=times, motion=motion, lent=lent), mark
