"""The score: XML that holds, marks on their beats, ribbons as thick as weights; the same patch, the same page."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scores import SVG, elements, harbour, patch, words

from perf.core.meter import Meter
from perf.ports.library import Library, find_patch, shipped
from perf.wire.drawing import brackets, cues, curves, notes, ribbons
from perf.wire.drawing.reading import read
from perf.wire.drawing.score import clock, draw, span
from perf.wire.drawing.sheet import MARGIN, NAMES, Look, System, systems

HARBOUR = harbour()
READING = read(HARBOUR, 0.0, 82.0)
SCORE = draw(HARBOUR, Look(bars=7))
LEFT = MARGIN + NAMES


def numbers(shape: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", shape)]


@pytest.mark.parametrize("name", sorted(path.stem for path in shipped("patches").glob("*.toml")))
def test_the_shipped_patches_have_scores(name: str) -> None:
    one = Library(find_patch(name)).load()
    drawn = draw(one)
    assert words(drawn, "title") == [one.name]
    assert drawn == draw(one)


def test_nothing_in_it_runs_or_is_fetched() -> None:
    kinds = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(SCORE).iter()}
    assert kinds == {"svg", "title", "style", "rect", "g", "path", "text", "circle", "ellipse"}
    assert not re.search(r"script|href|url\(|@import|\bon\w+=", SCORE)


def test_no_length_is_lost() -> None:
    assert "nan" not in SCORE
    assert "inf" not in SCORE


def test_its_head_says_tempo_and_length() -> None:
    assert words(SCORE, "mark") == ["= 96"]
    assert words(SCORE, "right")[0] == "21 bars, 0:50"
    assert words(SCORE, "signature") == ["4", "4", "7", "8", "4", "4"]


def test_every_bar_has_its_number_and_every_group_its_name() -> None:
    assert words(SCORE, "bar") == [str(n) for n in range(1, 22)]
    found = words(SCORE, "group")
    assert list(dict.fromkeys(found)) == ["TIME", "PROMPTS", "CLIPS", "SAMPLER", "SOURCE", "CAMERA", "MASTER"]


def test_systems_follow_one_another_without_a_gap() -> None:
    for look in (Look(), Look(bars=4), Look(width=600), Look(width=9000)):
        lines = systems(HARBOUR.meter, (0.0, 82.0), look, 300.0)
        assert lines[0].start == 0
        assert lines[-1].end == HARBOUR.meter.beat(21)
        assert [one.end for one in lines[:-1]] == [one.start for one in lines[1:]]
        assert max(one.right for one in lines) == pytest.approx(look.width - MARGIN)


@given(st.integers(1, 400), st.floats(600, 9000), st.floats(50, 5000))
def test_any_length_is_broken_into_systems(bars: int, width: float, height: float) -> None:
    lines = systems(Meter(((0, 4.0), (3, 3.5))), (0.0, Meter(((0, 4.0), (3, 3.5))).beat(bars)), Look(width), height)
    assert sum(one.end - one.start for one in lines) == pytest.approx(lines[-1].end)


def test_cues_stand_on_their_beats_with_arrows_to_what_follows() -> None:
    system = System(0.0, 82.0, LEFT, 10.0)
    found = cues.placed(READING, system)
    assert [(one.mark.cue.name, one.x) for one in found] == [
        ("A", LEFT), ("fog", LEFT + 80), ("B", LEFT + 320), ("quiet", LEFT + 440), ("sea", LEFT + 660),
    ]  # fmt: skip
    drawn = "".join(cues.marks(found, system, 100.0, 500.0))
    assert drawn.count('class="boxed"') == 2
    assert drawn.count("boxed follows") == 3
    assert drawn.count('class="arrow"') == 6, "three arrows, each a line and a tip"


def test_cues_that_would_touch_have_lines_of_their_own() -> None:
    text = "".join(f'[[cue]]\nname = "a cue with a name {n}"\nat = {n}\n' for n in range(4))
    found = cues.placed(read(patch(text), 0.0, 16.0), System(0.0, 16.0, LEFT, 20.0))
    assert len({one.row for one in found}) == 4


def test_a_cue_at_the_end_of_a_line_stays_on_the_page() -> None:
    system = System(0.0, 16.0, LEFT, 20.0, page=LEFT + 360)
    (found,) = cues.placed(read(patch('[[cue]]\nname = "the last chorus, all lights"\nat = 15\n'), 0.0, 16.0), system)
    assert LEFT < found.x < found.x + found.size < system.page
    assert found.at == LEFT + 300


def test_the_list_says_what_each_cue_does() -> None:
    told = "\n".join(words(SCORE, "prose"))
    for line in (
        "at bar 1; then fog after 8 beats; sampler/drift 0.1", "or sea, when times > 3; sampler/drift 0.9 in 4 s",
        "plays swell", "to bar 9; waits until [/master/opacity] > 0.9", "on the next bar",
    ):  # fmt: skip
        assert line in told
    assert len(elements(SCORE, "jump")) == 2, "the arc of the list, and the legend's"


def test_ribbons_are_as_thick_as_their_weights() -> None:
    found = ribbons.ribbons(READING)
    for beat, wanted in ((4.0, {"": 1.0}), (52.0, {"ships at anchor": 0.7, "an island at dusk": 0.6})):
        shown = {}
        for one in found:
            n = max((n for n, at in enumerate(one.beats) if at <= beat), default=0)
            if one.beats[0] <= beat < one.beats[-1]:
                shown[one.words] = one.high[n] - one.low[n]
        assert shown == pytest.approx(wanted, abs=0.01)
    away = next(one for one in found if one.words == "people")
    assert min(away.high) == pytest.approx(-0.5)
    assert max(away.low) <= 0.0


def test_black_is_black_and_what_is_kept_away_lies_below() -> None:
    assert words(SCORE, "inverse") == ["Black.", "Black."]
    line = numbers(elements(SCORE, "base")[1].get("d", ""))[1]
    below = [numbers(one.get("d", ""))[1::2] for one in elements(SCORE, "away")][:-1]
    assert below
    base = {numbers(one.get("d", ""))[1] for one in elements(SCORE, "base")}
    assert all(min(rows) in base for rows in below), line


def test_prompts_without_room_are_listed_by_number() -> None:
    keys = ", ".join(f'[{n}, "a prompt that is longer than its beat {n}"]' for n in range(40))
    drawn = draw(patch(f"[[prompts]]\nkeys = [{keys}]"))
    assert "Prompts" in words(drawn, "caption")
    assert "a prompt that is longer than its beat 39" in words(drawn, "name")


def test_steps_are_notes_on_their_beats() -> None:
    seed = [track for track in HARBOUR.timeline.tracks if track.address == "/sampler/seed"]
    found = notes.notes(READING, HARBOUR.table["/sampler/seed"], seed)
    assert [note.value for note in found[:6]] == [3, 5, 8, 13, 21, 3]
    assert len([note for note in found if note.beat < 32]) == 3 * 32 / 4
    assert all(any(abs(note.beat % 4 / 0.5 - step) < 1e-6 for step in (0, 2, 3, 5, 6)) for note in found)


def test_rests_are_silent() -> None:
    text = '[[track]]\naddress = "/sampler/skip"\nsteps = [0.5]\nrhythm = "x..x"\nrest = 0.0'
    one = patch(text)
    found = notes.notes(read(one, 0.0, 8.0), one.table["/sampler/skip"], one.timeline.tracks)
    assert [(note.beat, note.end) for note in found] == [(0, 1), (3, 4), (4, 5), (7, 8)]


def test_a_curve_goes_through_its_keys() -> None:
    text = '[[track]]\naddress = "/sampler/skip"\nkeys = [[0, 0.0], [4, 1.0], [8, 0.5]]'
    staff = curves.staves(read(patch(text), 0.0, 8.0))[0]
    assert (staff.group, staff.name, staff.marks) == ("sampler", "skip", ((0.0, "1"), (1.0, "0")))
    drawn = "".join(staff.draw(System(0.0, 8.0, 0.0, 100.0), 0.0))
    shape = next(part for part in re.findall(r'd="([^"]*)" class="curve"', drawn))
    assert numbers(shape)[:6] == pytest.approx([0, 36, 400, 0, 800, 18], abs=1.0)
    assert drawn.count('class="key"') == 2, "the third key is where the system ends"


def test_formulas_have_a_stroke_of_their_own() -> None:
    assert len(elements(SCORE, "formula")) == 3 + 1, "one in each system, and the legend's"


def test_shots_and_clips_are_brackets() -> None:
    names = words(SCORE, "name")
    for name in ("static", "dolly in", "pan right × 0.5", "orbit left", "swell", "drift, × 0.5, backwards"):
        assert name in names
    assert brackets.clips(read(patch(""), 0.0, 8.0)) is None
    assert len(elements(SCORE, "pin")) == 2, "a clip that fades has a hairpin at each end"


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("", 8),
        ('[[track]]\naddress = "/sampler/skip"\nkeys = [[0, 0.1], [9, 0.2]]', 3),
        ('[[cue]]\nname = "late"\nat = 30', 9),
        (
            '[clock]\nsignature = "3/4"\n[[track]]\naddress = "/sampler/skip"\nunit = "bars"\nkeys = [[5, 0]]',
            5,
        ),
        ('[[track]]\naddress = "/sampler/skip"\nformula = "sin(beat)"', 8),
    ],
)
def test_it_is_as_long_as_what_is_written(text: str, bars: int) -> None:
    one = patch(text)
    assert span(one, Look()) == (0.0, one.meter.beat(bars))
    ElementTree.fromstring(draw(one))


def test_bars_that_are_asked_for() -> None:
    assert words(draw(HARBOUR, Look(first=9, last=12)), "bar") == ["9", "10", "11", "12"]
    with pytest.raises(ValueError, match="the patch has 21, numbered from 1"):
        draw(HARBOUR, Look(first=9, last=3))


def test_times_as_people_write_them() -> None:
    assert [clock(one) for one in (0.2, 59.6, 3600, 7325)] == ["0:00", "1:00", "1:00:00", "2:02:05"]


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def quoted(words: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" for c in words) + '"'


eases = st.sampled_from(["hold", "spline", "out-back", "linear"])
keyed = st.lists(st.tuples(st.floats(0, 40), st.floats(0, 1), eases), min_size=1, max_size=6)
ways = st.sampled_from(["loop = 3\n", "", 'unit = "seconds"\n', 'unit = "bars"\n', 'transform = "reverse"\n'])


@settings(max_examples=25)
@given(texts, st.lists(texts, min_size=1, max_size=6, unique=True), ways, keyed)
def test_any_patch_is_drawn(name: str, prompts: list[str], how: str, keys: list[tuple[float, float, str]]) -> None:
    rows = ", ".join(f'[{at:.3f}, {value:.3f}, "{ease}"]' for at, value, ease in keys)
    sets = ", ".join(f'[{n * 3}, {quoted(words)}, "dissolve 2"]' for n, words in enumerate(prompts))
    marks = "".join(f"[[cue]]\nname = {quoted(one)}\nat = {n}\n" for n, one in enumerate(prompts) if "/" not in one)
    track = f'[[track]]\naddress = "/sampler/skip"\n{how}keys = [{rows}]\n'
    text = f"name = {quoted(name)}\n[[prompts]]\nkeys = [{sets}]\n{track}{marks}"
    drawn = draw(patch(text))
    ElementTree.fromstring(drawn)
    assert drawn == draw(patch(text))
