"""Notes: what is no mistake and plays otherwise than it may seem is said with its line, and nothing else is."""

import pytest

from perf.ports.library import Library, shipped
from perf.wire.patch import parse


def noted(text: str) -> list[str]:
    found: list[str] = []
    parse(text, lambda name: pytest.fail(name), "p.toml", note=found.append)
    return found


def track(keys: str, more: str = "", address: str = "/camera/zoom") -> str:
    return f'[[track]]\naddress = "{address}"\n{more}\nkeys = [\n{keys}\n]\n'


def shots(keys: str, more: str = "") -> str:
    return track(keys, more, "/camera/shot")


def prompts(keys: str, more: str = "") -> str:
    return f"[[prompts]]\n{more}\nkeys = [\n{keys}\n]\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (track("[0, 0.1],\n[4, 0.1], [4, 0.2],\n[4, 0.3]"), 6, "3 keys are at 4: the first and the last make a step"),
        (track("[0, 0.1],\n[4, 0.2],\n[2, 0.3]"), 7, "the key at 2 stands behind that at 4"),
        (track("[0, 0.1],\n[9, 0.2]", "loop = 8"), 6, "the key at 9 lies beyond loop = 8"),
        (track("[4, 60],\n[0, 90]", "", "/transport/tempo"), 6, "in the order of their places"),
        ("[[sequence]]\nname = 'a'\n" + track("[1, 0],\n[0, 1]").replace("track", "sequence.track"), 8, "behind that"),
        (shots("[4, 'static'],\n[0, 'static']"), 6, "the key at 0 stands behind that at 4"),
        (shots("[0, 'static'],\n[0, 'pan-left']"), 5, "another shot begins at 0, too"),
        (shots("[0, 'static'],\n[8, 'pan-left']", "loop = 8"), 6, "lies beyond loop = 8: it is never seen"),
        (shots("[0, 'static'],\n[6, 'pan-left 4']", "loop = 8"), 6, "goes on beyond loop = 8: it is cut off there"),
        (prompts("[4, 'x'],\n[0, 'y']"), 5, "the key at 0 stands behind that at 4"),
        ("[[sequence]]\nname = 'a'\n" + prompts("[4, 'x'],\n[0, 'y']").replace("[[", "[[sequence."), 7, "behind that"),
        (prompts("[0, 'x'],\n[4, 'y'],\n[4, 'z']"), 5, "another set stands at 4, too"),
        (prompts("[0, 'x'],\n[8, 'y']", "loop = 8"), 5, "lies beyond loop = 8: its set is never seen"),
        (
            prompts("[0, 'x'],\n[4, 'y', 'dissolve 6'],\n[8, 'z']"),
            5,
            "dissolve 6 at 4 is not over when the next key comes, at 8: it is cut off",
        ),
        (
            prompts("[1, 'x'],\n[4, 'y', 'slerp 6']", "loop = 8"),
            5,
            "slerp 6 at 4 is not over when the next key comes, at 9",
        ),
        (
            "[[layer]]\nsource = 'group'\n[[layer]]\ngroup = 1\ndeck = 'b'",
            5,
            "what is in a group is on no deck of its own: give the group, layer 1, the deck",
        ),
        ("[model]\nsize = [3840, 2160]", 2, "[3840, 2160] is more than a show carries: it plays 2730x1536"),
        ("[second]\nsize = [4096, 2048]", 2, "[4096, 2048] is more than a show carries: it plays 2896x1448"),
    ],
)
def test_what_is_odd_is_said_with_its_line(text: str, line: int, words: str) -> None:
    (note,) = noted(text)
    assert note.startswith(f"p.toml:{line}: ")
    assert words in note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[model]\nsize = [2048, 2048]",
        "[[layer]]\nsource = 'group'\ndeck = 'a'\n[[layer]]\ngroup = 1\ndeck = 'none'",
        track("[0, 0.1], [4, 0.2], [4, 0.3], [8, 0.1]", "loop = 8"),
        track("[0, 60], [4, 60], [4, 90]", "", "/transport/tempo"),
        track("[0, 0.1]").replace("keys", "steps").replace("[0, 0.1]", "0.1, 0.1, 0.1"),
        track("[0, 0.1], [9, 0.2]", "loop = 8\ntransform = 'retrograde'"),
        shots("[0, 'static 8'], [2, 'pan-left 6']", "loop = 8"),
        shots("[0, 'static'], [8, 'pan-left']", "loop = 8\ntransform = 'offset -4'"),
        shots("[0, 'static 80']"),
        shots("").replace("keys = [\n\n]", ""),
        prompts("[0, 'x'], [4, 'y'], [4, 'z', 'dissolve 4'], [8, 'w', 'slerp 99']"),
        prompts("[1, 'x', 'dissolve 2'], [4, 'y', 'slerp 5']", "loop = 8"),
        prompts("[0, 'x'], [8, 'y']", "loop = 8\ntransform = 'quantise 3'"),
        '[[track]]\naddress = "/camera/zoom"\nlanes = [[[4, 0.1], [4, 0.2], [4, 0.2], [2, 0]]]\n',
    ],
)
def test_what_is_as_it_seems_is_not_noted(text: str) -> None:
    assert noted(text) == []


@pytest.mark.parametrize("path", sorted(shipped("patches").glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_patches_are_as_they_seem(path: object) -> None:
    assert Library(path).examine() == []  # type: ignore[arg-type]
