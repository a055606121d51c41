"""The three floors of value, resolved: default < timeline < hand. What was recorded lies on top of the timeline."""

from collections.abc import Mapping

from perf.core.event import Value
from perf.core.lane import write
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import Hand, State
from perf.core.timeline import Timeline


def seen(timeline: Timeline, hands: Mapping[str, Hand], seconds: float) -> Mapping[str, Value]:
    """What hands hold of the addresses that the timeline's formulas look at, for a hand moves those, too."""
    return {address: hands[address].at(seconds) for address in timeline.reads if address in hands}


def resolve(patch: Patch, state: State, moment: Moment) -> dict[str, Value]:
    """Every parameter at `moment`: default < timeline < hand."""
    values = patch.floor
    values["/transport/tempo"] = moment.tempo
    values["/status/beat"] = moment.beat
    values.update(state.readings)
    if state.automated:
        held = seen(patch.timeline, state.hands, moment.seconds)
        patch.timeline.resolve(values, moment, held)
        for clip in state.cues.clips:
            clip.play(values, moment, held)
        write(values, moment.beat, patch.timeline.lanes, state.automation.fresh)
    values.update(state.automation.status)
    seconds = moment.seconds
    for address, release in state.releases.items():
        values[address] = release.over(values[address], seconds)
    for address, hand in state.hands.items():
        values[address] = hand.value if seconds >= hand.since + hand.glide else hand.at(seconds)
    return values
