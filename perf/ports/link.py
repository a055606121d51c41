"""Ableton Link (extra `link`): the session's tempo and phase to events, and a performer's tempo to the session.

A thread reads the session 25 times a second. Only the phase in the bar is shared, as Link means it; joining changes
nobody's tempo. The package is loaded, and the network's multicast used, when Link is asked for and not before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Protocol

from perf.core.event import Event
from perf.core.moment import Transport
from perf.errors import DeviceError
from perf.ports.mailbox import Guarded, Inbox, Stop

POLL = 0.04  # seconds between two looks at the session
SAME = 0.01  # beats, or BPM, by which a session without peers may differ from the show before it is set
JOIN = 1.0  # seconds after the first peer in which Link still looks for the session's phase; it is not followed yet
GRACE = 0.5  # seconds in which a start or stop from the session reaches the show


class Session(Protocol):
    """What is asked of Link: one moment of its session, in our terms. Beats are modulo the quantum everybody's."""

    def peers(self) -> int:
        """How many others there are."""

    def read(self, quantum: float) -> tuple[float, float, bool]:
        """(beat, BPM, playing) now."""

    def set_tempo(self, tempo: float) -> None:
        """Change everybody's tempo, BPM."""

    def set_beat(self, beat: float, quantum: float) -> None:
        """Be at a beat now; with peers, at the next moment that has its phase."""

    def set_playing(self, playing: bool) -> None:
        """Start or stop everybody who shares starts and stops."""

    def share(self, startstop: bool) -> None:
        """Share starts and stops, or not."""

    def close(self) -> None:
        """Leave the session."""


class LinkSession:
    """LinkPython's session. Raises DeviceError where the package is missing."""

    def __init__(self, tempo: float) -> None:
        try:
            import link
        except ImportError as error:
            raise DeviceError(
                "Ableton Link is not installed; pip install LinkPython-extern (the extra link)"
            ) from error
        self._link: Any = link.Link(tempo)
        self._link.enabled = True

    def peers(self) -> int:
        """How many others there are."""
        return int(self._link.numPeers())

    def read(self, quantum: float) -> tuple[float, float, bool]:
        """(beat, BPM, playing) now."""
        state = self._link.captureAppSessionState()
        return state.beatAtTime(self._now(), quantum), state.tempo(), state.isPlaying()

    def set_tempo(self, tempo: float) -> None:
        """Change everybody's tempo, BPM."""
        self._change("setTempo", tempo, self._now())

    def set_beat(self, beat: float, quantum: float) -> None:
        """Be at a beat now; with peers, at the next moment that has its phase."""
        self._change("requestBeatAtTime", beat, self._now(), quantum)

    def set_playing(self, playing: bool) -> None:
        """Start or stop everybody who shares starts and stops."""
        self._change("setIsPlaying", playing, self._now())

    def share(self, startstop: bool) -> None:
        """Share starts and stops, or not."""
        self._link.startStopSyncEnabled = startstop

    def close(self) -> None:
        """Leave the session."""
        self._link.enabled = False

    def _now(self) -> int:
        return int(self._link.clock().micros())

    def _change(self, what: str, *arguments: float) -> None:
        state = self._link.captureAppSessionState()
        getattr(state, what)(*arguments)
        self._link.commitAppSessionState(state)


@dataclass(slots=True)
class _Show:
    """What the thread knows of the show."""

    transport: Transport = field(default_factory=Transport)
    send: bool = True
    receive: bool = True
    startstop: bool = False
    proposed: float = 0.0


class LinkPort:
    """A session at work. `now` gives clock seconds; `session` is left when it is closed."""

    def __init__(self, session: Session, inbox: Inbox, now: Callable[[], float]) -> None:
        self._session, self._inbox, self._now = session, inbox, now
        self._show = Guarded(_Show())
        self._shared = self._playing = False
        self._settled = float("-inf")  # until when the show may still differ from what the session said
        self.peers = 0
        self._alone_at = float("-inf")  # when there was nobody else last
        self._stop = Stop()
        self._thread = Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin to look, once the show has been told with `observe`."""
        self._thread.start()

    def observe(self, transport: Transport, send: bool, receive: bool, startstop: bool) -> None:
        """Tell the show's transport and switches, every tick."""
        with self._show as show:
            show.transport, show.send, show.receive, show.startstop = transport, send, receive, startstop

    def propose(self, tempo: float) -> None:
        """A performer has set a tempo, BPM; the session takes it over if tempi are sent."""
        with self._show as show:
            show.proposed = tempo

    def words(self) -> str:
        """How many peers there are, for people."""
        return f"link {self.peers} peer" + ("" if self.peers == 1 else "s")

    def close(self) -> None:
        """Leave the session; returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)
        self._session.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL):
            try:
                events = self.look()
            except Exception as error:  # noqa: BLE001 - the thread's edge: said and counted; the next look is another
                self._inbox.fault("link", f"Link was interrupted: {error}")
                continue
            if events:
                self._inbox.put(events)

    def look(self) -> list[Event]:
        """One look at the session: what the show is to do, and what it has to say is said to the session."""
        with self._show as shared:
            show = _Show(shared.transport, shared.send, shared.receive, shared.startstop, shared.proposed)
            shared.proposed = 0.0
        quantum = show.transport.meter.size(show.transport.beat)
        self.peers = self._session.peers()
        if show.proposed and show.send:
            self._session.set_tempo(show.proposed)
        now = self._now()
        beat, tempo, playing = self._session.read(quantum)
        ours = show.transport.place(0, now).beat
        events = self._start_stop(show, playing, now)
        if not self.peers:
            self._alone_at = now
            self._alone(show, abs(beat - ours), tempo)
        elif show.receive and now - self._alone_at > JOIN:
            beat += quantum * round((ours - beat) / quantum)
            events.append(Event(now, "/transport/follow", (max(beat, 0.0), tempo), "clock:link"))
        return events

    def _alone(self, show: _Show, apart: float, tempo: float) -> None:
        """Nobody else is there: the session is as the show is, so that joining it changes nothing here."""
        ours = show.transport.place(0, self._now()).tempo
        if abs(tempo - ours) > SAME:
            self._session.set_tempo(ours)
        if apart > SAME and show.transport.playing:
            beat = show.transport.place(0, self._now()).beat
            self._session.set_beat(beat, show.transport.meter.size(beat))

    def _start_stop(self, show: _Show, playing: bool, now: float) -> list[Event]:
        """Keep starts and stops together, where that is wanted; who changed last is followed."""
        if show.startstop != self._shared:
            self._shared, self._playing = show.startstop, playing
            self._session.share(show.startstop)
        if not show.startstop:
            return []
        if playing != self._playing and show.receive:
            self._playing, self._settled = playing, now + GRACE
            return [Event(now, "/transport/play" if playing else "/transport/stop", (True,), "clock:link")]
        if show.transport.playing != self._playing and show.send and now > self._settled:
            self._playing = show.transport.playing
            self._session.set_playing(self._playing)
        return []
