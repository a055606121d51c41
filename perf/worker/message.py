"""What passes between show and sampler, as bytes. Pickle is safe here: both ends are this program's own processes."""

import json
import pickle
import struct
from dataclasses import asdict, dataclass

from perf.core.camera import Pose
from perf.core.frame import Job, Picture

JOB_BYTES = 256 * 1024
STATUS_BYTES = 16 * 1024
STOP = b"stop"
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Status:
    """What the sampler process says of itself. `state` is loading, playing, failed or starting; times
    are running means of a step, and of its parts."""

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


def encode_job(job: Job) -> bytes:
    """A job as bytes."""
    return pickle.dumps(job)


def decode_job(message: bytes) -> Job | None:
    """The job; None when the message says stop."""
    if message == STOP:
        return None
    job = pickle.loads(message)
    assert isinstance(job, Job)
    return job


def encode_status(status: Status) -> bytes:
    """A status as bytes."""
    return json.dumps(asdict(status)).encode()


def decode_status(message: bytes) -> Status:
    """The status."""
    return Status(**json.loads(message))


def encode_picture(job: Job, size: tuple[int, int], epoch: int) -> bytes:
    """The head of an image message; the pixels follow."""
    head = pickle.dumps((job.index, job.pose, job.fov, job.seconds, size, epoch))
    return _LENGTH.pack(len(head)) + head


def decode_picture(message: bytes, now: float) -> tuple[Picture, int]:
    """The picture, first shown `now`, and the epoch of its recursion."""
    (length,) = _LENGTH.unpack_from(message)
    start = _LENGTH.size + length
    index, pose, fov, asked, size, epoch = pickle.loads(message[_LENGTH.size : start])
    assert isinstance(pose, Pose)
    return Picture(index, memoryview(message)[start:], size, pose, fov, now, asked), epoch
