"""The three floors of value, resolved: default < timeline < hand. What was recorded lies on top of the timeline."""

from perf.core.event import Value
from perf.core.lane import write
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State


def resolve(patch: Patch, state: State, moment: Moment) -> dict[str, Value]:
    """Every parameter at `moment`: default < timeline < hand."""
    values = patch.floor
    values["/transport/tempo"] = moment.tempo
    values["/status/beat"] = moment.beat
    values.update(state.readings)
    if state.automated:
        patch.timeline.resolve(values, moment)
        for clip in state.cues.clips:
            clip.play(values, moment)
        write(values, moment.beat, patch.timeline.lanes, state.automation.fresh)
    values.update(state.automation.status)
    seconds = moment.seconds
    for address, release in state.releases.items():
        values[address] = release.over(values[address], seconds)
    for address, hand in state.hands.items():
        values[address] = hand.value if seconds >= hand.since + hand.glide else hand.at(seconds)
    return values
