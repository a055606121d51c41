"""Soft takeover: when a fader that lies elsewhere than its parameter gets hold of it. Pure; places are in 0…1.

Pick-up engages when the control comes within 2/127 of the parameter or *crosses* it between two messages: on a fast
move no message ever equals it (reference: Ableton Live manual, "MIDI and Key Remote Control"; Deluge issue 1707).
"""

from dataclasses import dataclass

NEAR = 2 / 127 + 1e-9  # of the control's travel
SETTLE = 2  # looks at the parameter in which what was just sent may not have arrived yet
MOVED = 1e-6  # places by which a parameter must go astray to have been moved by somebody else


@dataclass(slots=True)
class Grip:
    """One control's hold on one parameter. `takeover` is pickup, scale (value scaling) or none."""

    takeover: str = "pickup"
    engaged: bool = False
    sent: float = 0.0
    coming: bool = False  # at the last look the parameter came nearer to what was sent
    _before: float | None = None
    _matched: bool = False
    _seen: float = 0.0
    _gap: float = 0.0
    _fresh: int = 0

    @property
    def present(self) -> float:
        """Where the parameter is: what was sent while that is on its way, else what was last seen."""
        return self.sent if self._fresh else min(max(self._seen, 0.0), 1.0)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way."""
        return not self._fresh and not self.coming

    def send(self, place: float) -> float:
        """Note that `place` goes to the parameter."""
        self.engaged, self.sent, self._fresh = True, place, SETTLE
        return place

    def move(self, control: float) -> float | None:
        """The control moved to `control`: where the parameter is to go, None while it has no hold."""
        before, self._before = self._before, control
        here = self.sent if self.engaged else self.present
        if self.takeover == "none":
            return self.send(control)
        if self.takeover == "scale":
            place = _scaled(before, control, here)
            return None if place is None else self.send(place)
        crossed = before is not None and (before - here) * (control - here) < 0
        if self.engaged or self._matched or crossed or abs(control - here) <= NEAR:
            return self.send(control)
        return None

    def rest(self, control: float) -> None:
        """The control has gone to where the parameter is, not moved by hand: the next move takes over."""
        self._before, self._matched = control, True

    def seen(self, place: float) -> None:
        """The parameter is at `place` now, which may lie beyond what the control reaches.

        When it goes away from what was sent, somebody else moved it.
        """
        self._matched = self._matched and place == self._seen
        self._seen = place
        if not self.engaged:
            return
        gap = abs(place - self.sent)
        self.coming = gap < self._gap - MOVED
        if self._fresh:
            self._fresh -= 1
        elif gap > self._gap + MOVED:
            self.release()
        self._gap = gap

    def release(self) -> None:
        """Let go: the control must take over again."""
        self.engaged, self.coming, self._fresh = False, False, 0


def _scaled(before: float | None, control: float, here: float) -> float | None:
    """Live's value scaling: the rest of the parameter's way is spread over the rest of the control's."""
    if before is None:
        return control if abs(control - here) <= NEAR else None
    if control == before:
        return None
    if control > before:
        return here + (1 - here) * (control - before) / (1 - before)
    return here + here * (control - before) / before
