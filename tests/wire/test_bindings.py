"""What was learned and forgotten, in a patch that somebody wrote by hand."""

import pytest

from perf.core.patch import Binding
from perf.wire.patch import parse, save

PATCH = """# the set of november
[[midi]]
# the big knob
number = 1   # left
address = "/camera/roll"

# second row
[[midi]]
number = 2
address = "/camera/pan"

# ---- act one: the sea ----
[[cue]]
name = "sea"

[params]
"""
ROLL, PAN = Binding("cc", 1, "/camera/roll"), Binding("cc", 2, "/camera/pan")
SEED = Binding("cc", 7, "/sampler/seed", channel=1, port="nano")
LEARNED = '\n[[midi]]\nkind = "cc"\nnumber = 7\naddress = "/sampler/seed"\nchannel = 1\nport = "nano"\n'


def without(*lines: str) -> str:
    text = PATCH
    for line in lines:
        assert line in text
        text = text.replace(line, "")
    return text


FIRST = '[[midi]]\n# the big knob\nnumber = 1   # left\naddress = "/camera/roll"\n'
SECOND = '[[midi]]\nnumber = 2\naddress = "/camera/pan"\n'


@pytest.mark.parametrize(
    ("bindings", "text"),
    [
        ((ROLL, PAN), PATCH),
        ((PAN, ROLL), PATCH),
        ((ROLL, PAN, SEED), PATCH.replace("\n# ----", f"{LEARNED}\n# ----")),
        ((PAN,), without(FIRST)),
        ((ROLL,), without(SECOND)),
        ((), without(FIRST, SECOND)),
        ((PAN, SEED), without(FIRST).replace("\n# ----", f"{LEARNED}\n# ----")),
    ],
)
def test_what_is_not_learned_or_forgotten_stays_as_it_was_written(bindings: tuple[Binding, ...], text: str) -> None:
    saved = save(PATCH, {}, bindings)
    assert saved == text
    assert set(parse(saved, lambda name: pytest.fail(name)).bindings) == set(bindings)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[[midi]]\nnumber = 1\naddress = "/camera/roll"',
        'midi = [\n    {number = 1, address = "/camera/roll"}, # one\n]\n',
    ],
)
def test_every_way_of_writing_rows_takes_another_and_loses_one(text: str) -> None:
    more = save(text, {}, (ROLL, SEED))
    assert parse(more, lambda name: pytest.fail(name)).bindings == (ROLL, SEED)
    fewer = save(more, {}, (SEED,))
    assert parse(fewer, lambda name: pytest.fail(name)).bindings == (SEED,)
    assert parse(save(fewer, {}, ()), lambda name: pytest.fail(name)).bindings == ()
