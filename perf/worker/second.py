"""The second sampler beside the first: there while the patch has one, replaced when the patch names another model.

Nothing here waits but `close`, or knows torch.
"""

from perf.core.frame import Job
from perf.core.picture import Picture
from perf.worker.client import SamplerClient, SamplerOptions


class SecondSampler:
    """At most one client that plays. `follow` and `supervise` once a frame; `borrows` as the client's."""

    def __init__(self) -> None:
        self._client: SamplerClient | None = None
        self._leaving: list[SamplerClient] = []  # whose processes are ending
        self._wanted: SamplerOptions | None = None  # which the client gives up where they cannot be played
        self.borrows: tuple[int, ...] = ()

    def follow(self, options: SamplerOptions | None, job: Job | None, now: float) -> Picture | None:
        """Hand over a job, or None to end it; an image that has come, to be shown from `now` on."""
        if options is None or job is None:
            self._leave()
            return None
        if self._client is None:
            self._client = SamplerClient(options)
            self._client.start()
        elif options != self._wanted:
            self._client.change(options)
        self._wanted = options
        self._client.borrows = self.borrows
        self._client.submit(job)
        return self._client.newest(now)

    def _leave(self) -> None:
        if self._client is not None:
            self._client.cut()
            self._leaving.append(self._client)
            self._client = None

    def supervise(self, now: float) -> str:
        """Start the process again if it has died; says so in words."""
        for client in [client for client in self._leaving if client.gone]:
            self._leaving.remove(client)
            client.close()
        said = self._client.supervise(now) if self._client is not None else ""
        return said and f"second: {said}"

    @property
    def memory_mb(self) -> float:
        """What its process takes, as it last said."""
        return self._client.status().memory_mb if self._client is not None else 0.0

    @property
    def words(self) -> str:
        """What it is doing; "" where there is none."""
        if self._client is None:
            return ""
        status = self._client.status()
        return status.state + (f": {status.message}" if status.message else "")

    def close(self, patience: float = 2.0) -> None:
        """End the processes, each within `patience` seconds or by force, and free the boxes."""
        for client in filter(None, (self._client, *self._leaving)):
            client.close(patience)
        self._client = None
        self._leaving.clear()
