"""Manifests: out and in again without a loss, played as they were, and mistakes said with their line."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.curve import Curve, Key
from perf.core.event import Event, Value
from perf.core.meter import TempoMap
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.performance import Performance
from perf.core.timeline import Timeline, Track
from perf.errors import ManifestError
from perf.wire.manifest import Manifest, decode, encode_csv, encode_json, played, writable

PATCH = Patch(layers=())
TABLE = {a: p for a, p in PATCH.table.items() if p.access != "r" and a != "/transport/tempo"}
finite = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    "float": lambda p: st.floats(p.minimum, p.maximum),
    "int": lambda p: st.integers(int(p.minimum), int(p.maximum)),
    "bool": lambda p: st.booleans(),
    "trigger": lambda p: st.booleans(),
    "choice": lambda p: st.sampled_from(p.choices),
    "text": lambda p: (
        st.just(p.default) if p.check else st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    ),
    "colour": lambda p: st.tuples(*[st.floats(p.minimum, p.maximum)] * len(p.default)),
    "point": lambda p: st.tuples(*[st.floats(p.minimum, p.maximum)] * len(p.default)),
}


@st.composite
def tables(draw: st.DrawFn) -> Manifest:
    """Frames of a few parameters, some of which change."""
    addresses = draw(st.lists(st.sampled_from(sorted(TABLE)), min_size=1, max_size=6, unique=True))
    fps, count = draw(st.floats(1, 240)), draw(st.integers(1, 8))
    manifest, values = Manifest(), dict(PATCH.floor)
    for n in range(count):
        for address in addresses:
            if n == 0 or draw(st.booleans()):
                values[address] = draw(VALUES[TABLE[address].kind](TABLE[address]))
        manifest.add(Moment(n, n / fps, beat=draw(finite)), writable(PATCH.table, values))
    return manifest


def frames(manifest: Manifest) -> list[dict[str, Value]]:
    """Each frame's values, the patch's own for what is not written."""
    floor = PATCH.floor | manifest.constants
    return [
        {a: v for a, v in {**floor, **{c: column[n] for c, column in manifest.columns.items()}}.items() if a in TABLE}
        for n in range(len(manifest.seconds))
    ]


@given(tables(), st.booleans())
def test_out_and_in_again_is_the_same(manifest: Manifest, as_json: bool) -> None:
    text = encode_json(manifest) if as_json else encode_csv(manifest, PATCH)
    again = decode(text, PATCH)
    assert (again.seconds, again.beats) == (manifest.seconds, manifest.beats)
    assert frames(again) == frames(manifest)
    assert set(manifest.columns) <= set(again.columns)
    if as_json:
        assert again == manifest
        assert encode_json(again) == text


PLAYED = replace(
    PATCH,
    values={"/sampler/steps": 3, "/camera/x": 0.25},
    timeline=Timeline(
        (
            Track("/camera/roll", Curve([Key(0.0, 0.1), Key(3.0, 7.7, "in-out-sine")]), "seconds", 2.0),
            Track("/prompt/1/text", Curve([Key(0.0, 'sea, "dusk"'), Key(1.0, "city\nat night")]), "beats"),
        )
    ),
)
EVENTS = [
    (0.21, Event(0.2, "/camera/pan", (3.0, 0.5), "osc")),
    (0.4, Event(0.4, "/transport/tempo", (87.3,), "osc")),
    (0.7, Event(0.69, "/transport/stop", (1,), "osc")),
    (0.9, Event(0.9, "/transport/play", (1,), "osc")),
    (1.2, Event(1.2, "/transport/seek", (64.0,), "osc")),
    (1.3, Event(1.3, "/source/colour", (0.1, 0.2, 0.3, 1.0), "osc")),
]


def written(patch: Patch, events: list[tuple[float, Event]], fps: float = 25.0, count: int = 50) -> Manifest:
    performance, manifest = Performance(patch, events), Manifest()
    for n in range(count):
        frame = performance.at(n, n / fps)
        manifest.add(frame.moment, writable(patch.table, frame.values))
    return manifest


@pytest.mark.parametrize("as_json", [False, True])
def test_a_manifest_plays_as_the_performance_that_it_was_made_of(as_json: bool) -> None:
    made = written(PLAYED, EVENTS)
    assert made.fps == 25.0
    assert {"/camera/roll", "/camera/pan", "/prompt/1/text", "/transport/tempo", "/source/colour"} <= set(made.columns)
    assert made.constants["/sampler/steps"] == 3
    base = PLAYED if not as_json else PATCH  # JSON says it all; CSV leaves out what the patch says
    text = encode_json(made) if as_json else encode_csv(made, PLAYED)
    again = written(played(decode(text, base), replace(base, timeline=Timeline())), [])
    assert again.seconds == made.seconds
    assert again.beats == made.beats
    assert again.constants == made.constants
    assert again.columns == made.columns


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    "course", [None, TempoMap(Curve([Key(0.0, 60.0), Key(1.0, 140.0)]).at, [0.0, 1.0]), TempoMap(lambda _: 90.0, [0.0])]
)
def test_the_seconds_of_the_timeline_and_the_tempo_are_as_they_were(course: TempoMap | None, as_json: bool) -> None:
    """What titles say as `{time}` and layers on the timeline's clock go by."""
    base = replace(PATCH, timeline=Timeline(course=course))
    events = [] if course else EVENTS
    manifest, performance = written(base, events), Performance(base, events)
    made = [performance.at(n, n / 25.0).moment for n in range(50)]
    again = Performance(played(decode(encode_json(manifest) if as_json else encode_csv(manifest, base), base), base))
    for n, before in enumerate(made):
        moment = again.at(n, n / 25.0).moment
        assert (moment.position, moment.tempo) == pytest.approx((before.position, before.tempo))


def test_a_manifest_that_does_not_say_the_seconds_goes_by_its_beats() -> None:
    again = Performance(played(decode("frame,seconds,beat,/transport/tempo\n0,0,8,60\n1,1,9,90\n", PATCH), PATCH))
    assert [again.at(n, s).moment.position for n, s in enumerate((0.0, 0.5, 1.0))] == [8.0, 8.5, 6.0]


def test_what_changes_is_held_between_frames() -> None:
    performance = Performance(played(written(PLAYED, [], 10.0, 5), PATCH))
    at = [performance.at(n, s).values["/camera/roll"] for n, s in enumerate((0.1, 0.15, 0.1999, 0.2, 9.0))]
    assert at[0] == at[1] == at[2] != at[3] != at[4]


def test_the_manifest_is_a_table_that_others_can_read() -> None:
    rows = encode_csv(written(PLAYED, [], 4.0, 3), PLAYED).splitlines()
    assert rows[0] == "frame,seconds,beat,/camera/roll,/prompt/1/text"
    assert rows[2].startswith("1,0.25,0.5,")
    document = json.loads(encode_json(written(PLAYED, [], 4.0, 3)))
    assert document["fps"] == 4.0
    assert document["columns"] == ["frame", "seconds", "beat", "/camera/roll", "/prompt/1/text"]


OPEN = '{"retrograde_manifest": 1, "constants": {}, "columns":'
HEAD = "frame,seconds,beat"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns begin with frame"),
        ("a,b\n", "columns begin with frame"),
        (HEAD + "\n", "no frames"),
        (HEAD + ",/nowhere\n0,0,0,1\n", "f:2: '/nowhere' is no parameter"),
        (HEAD + ",/status/fps\n0,0,0,1\n", "f:2: '/status/fps' is no parameter"),
        (HEAD + ",/camera/roll,/camera/roll\n0,0,0,1,1\n", "twice"),
        (HEAD + ",/camera/roll\n0,0,0,far\n", "f:2: /camera/roll: 'far' is no float"),
        (HEAD + ",/camera/roll\n0,0,0,nan\n", "f:2: /camera/roll: 'nan' is no float"),
        (HEAD + ",/sampler/rate\n0,0,0,24\n1,1,0,-5\n", "f:3: /sampler/rate is -5; it takes 0.5…120"),
        (HEAD + ",/sampler/rate\n0,0,0,0\n", "f:2: /sampler/rate is 0; it takes 0.5…120"),
        (HEAD + ",/sampler/steps\n0,0,0,999999\n", r"f:2: /sampler/steps is 999999; it takes 1…50"),
        (HEAD + ",/source/colour\n0,0,0,1 2 0 1\n", "f:2: /source/colour is 1 2 0 1; it takes 0…1"),
        (
            OPEN.replace("{}", '{"/camera/zoom": 1e300}') + ' [], "rows": []}',
            r"f: /camera/zoom is 1e\+300; it takes -2…2",
        ),
        (OPEN + ' ["frame", "seconds", "beat", ["x"]], "rows": []}', r"\['x'\] is no column"),
        (OPEN + ' ["frame", "seconds", "beat"], "rows": 5}', "rows is '5'; it is a list of frames"),
        (HEAD + ",/sampler/mode\n0,0,0,loud\n", "'loud' is no choice"),
        (HEAD + ",/source/colour\n0,0,0,1 2\n", "'1 2' is no colour"),
        (HEAD + "\n0,0,0\n1,0,0\n", "f:3: 0.0 s is out of order"),
        (HEAD + "\n0,0\n", "f:2: a frame has 3 values, here 2"),
        (HEAD + "\n0,x,0\n", "'x' is no number"),
        (HEAD + ",position\n0,0,0,x\n", "f:2: 'x' is no number"),
        (HEAD + ",/camera/roll,position\n0,0,0,0,0\n", "f:2: 'position' is no parameter"),
        ("{", "not a manifest"),
        ('{"retrograde_manifest": 9, "constants": {}, "columns": [], "rows": []}', "version 9"),
        (OPEN + ' ["frame", "seconds", "beat"], "rows": [3]}', "3 values, here 1"),
    ],
)
def test_mistakes_are_said(text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        decode(text, PATCH, "f")
