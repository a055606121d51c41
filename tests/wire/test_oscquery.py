"""The address space against the OSCQuery proposal, as reference/control.md 1.2 restates it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.param import Param, Table
from perf.core.table import table
from perf.wire.osc import decode
from perf.wire.oscquery import ATTRIBUTES, EXTENSIONS, TYPES, Answer, HostInfo, Namespace, answer, packet

HOST = HostInfo(osc_port=9000, ws_port=9001)
SPOT = Param("/spot/place", "point", (0.5, 0.25), -1.0, 2.0, "where it is")
SPACE = Namespace(table([SPOT]), cues=("intro", "the drop"))


def ask(target, values=None, space=SPACE):
    return answer(target, space, values or {}, HOST)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/sampler/skip?VALUE", Answer(200, {"VALUE": [0.5]})),
        ("/sampler/skip?VALUE#ignored", Answer(200, {"VALUE": [0.5]})),
        ("/sampler/skip?TYPE", Answer(200, {"TYPE": "f"})),
        ("/sampler/skip?ACCESS", Answer(200, {"ACCESS": 3})),
        ("/sampler/skip?RANGE", Answer(200, {"RANGE": [{"MIN": 0.0, "MAX": 1.0}]})),
        ("/sampler/skip?CLIPMODE", Answer(200, {"CLIPMODE": ["both"]})),
        ("/sampler/skip?FULL_PATH", Answer(200, {"FULL_PATH": "/sampler/skip"})),
        ("/sampler/steps?RANGE", Answer(200, {"RANGE": [{"MIN": 1, "MAX": 50}]})),
        ("/sampler/noise?RANGE", Answer(200, {"RANGE": [{"VALS": ["fixed", "frame", "travel"]}]})),
        ("/cue/go?RANGE", Answer(200, {"RANGE": [{"VALS": ["intro", "the drop"]}]})),
        ("/transport/tempo?UNIT", Answer(200, {"UNIT": ["time.bpm"]})),
        ("/transport/tempo?SYMBOL", Answer(200, {"SYMBOL": "BPM"})),
        ("/sampler/rate?WARP", Answer(200, {"WARP": "exp"})),
        ("/master/freeze?VALUE", Answer(200, {"VALUE": [False]})),
        ("/master/panic?TYPE", Answer(200, {"TYPE": "I"})),
        ("/status/fps?ACCESS", Answer(200, {"ACCESS": 1})),
        ("/source/colour?TYPE", Answer(200, {"TYPE": "ffff"})),
        ("/source/colour?EXTENDED_TYPE", Answer(200, {"EXTENDED_TYPE": [f"color.rgb.{c}" for c in "rgba"]})),
        ("/spot/place?VALUE", Answer(200, {"VALUE": [0.5, 0.25]})),
        ("/spot/place?RANGE", Answer(200, {"RANGE": [{"MIN": -1.0, "MAX": 2.0}] * 2})),
        ("/spot/place?EXTENDED_TYPE", Answer(200, {"EXTENDED_TYPE": [f"position.cartesian.{c}" for c in "xy"]})),
        ("/transport/follow?EXTENDED_TYPE", Answer(200, {})),
        ("/sampler?TYPE", Answer(200, {})),  # ?TYPE on a container
        ("/sampler/skip?UNIT", Answer(200, {})),
        ("/master/panic?VALUE", Answer(204)),  # ACCESS forbids reading
        ("/sampler?VALUE", Answer(204)),
    ],
)
def test_attribute_queries(target, expected):
    assert ask(target) == expected


@pytest.mark.parametrize(
    ("target", "status"),
    [("/none", 404), ("/samp", 404), ("/sampler/skip/more", 404), ("/?TAGS", 400), ("/sampler/skip?value", 400),
     ("/sampler/skip?VALUE&TYPE", 400), ("/none?HOST_INFO", 200), ("/sampler/", 200), ("/%73ampler/skip", 200)],
)  # fmt: skip
def test_statuses(target, status):
    assert ask(target).status == status


def test_host_info_states_both_ports_and_every_extension_on_any_path():
    info = ask("/sampler/skip?HOST_INFO").body
    assert info["NAME"] == "Retrograde"
    assert (info["OSC_PORT"], info["WS_PORT"], info["OSC_TRANSPORT"]) == (9000, 9001, "UDP")
    assert set(info["EXTENSIONS"]) == set(EXTENSIONS)
    assert info["EXTENSIONS"]["LISTEN"] is True


def leaves(node):
    for child in node.get("CONTENTS", {}).values():
        yield from leaves(child)
    if node["ACCESS"]:
        yield node


def test_the_tree_holds_every_parameter_once_with_what_the_proposal_requires():
    root = ask("/").body
    assert root["FULL_PATH"] == "/"
    assert root["ACCESS"] == 0
    found = {leaf["FULL_PATH"]: leaf for leaf in leaves(root)}
    assert list(found) == list(SPACE.table)
    for address, leaf in found.items():
        assert "," not in leaf["TYPE"]
        for mirrored in ("VALUE", "RANGE", "UNIT", "CLIPMODE", "EXTENDED_TYPE", "DEFAULT"):
            assert len(leaf.get(mirrored, leaf["TYPE"])) == len(leaf["TYPE"])
        assert ("VALUE" in leaf) == bool(leaf["ACCESS"] & 1), address
        assert leaf["KIND"] in TYPES
        assert set(leaf) <= {"FULL_PATH", *ATTRIBUTES}
    json.dumps(root, allow_nan=False)


def test_a_subtree_is_what_the_whole_tree_says_of_it():
    assert ask("/sampler").body == ask("/").body["CONTENTS"]["sampler"]
    assert ask("/prompt/1/text").body == ask("/").body["CONTENTS"]["prompt"]["CONTENTS"]["1"]["CONTENTS"]["text"]


def test_a_parameter_may_have_others_below_it():
    space = Namespace(Table([Param("/a/b", "float", 0.5), Param("/a", "int", 3, 0, 9)]))
    node = ask("/a", space=space).body
    assert node["VALUE"] == [3]
    assert node["CONTENTS"]["b"]["VALUE"] == [0.5]
    assert ask("/", space=space).body["CONTENTS"]["a"] == node


def test_values_defaults_and_the_patchs_floor():
    space = Namespace(SPACE.table, floor={"/sampler/skip": 0.8})
    assert ask("/sampler/skip?DEFAULT", space=space).body == {"DEFAULT": [0.8]}
    assert ask("/sampler/skip?VALUE", space=space).body == {"VALUE": [0.8]}
    assert ask("/sampler/skip?VALUE", {"/sampler/skip": 0.1}, space).body == {"VALUE": [0.1]}
    assert ask("/status/age?VALUE", {"/status/age": math.inf}).body == {"VALUE": [None]}


@pytest.mark.parametrize(
    ("address", "value", "args"),
    [
        ("/sampler/skip", 1, (1.0,)),
        ("/sampler/steps", 3.6, (4,)),
        ("/master/freeze", True, (True,)),
        ("/sampler/noise", "frame", ("frame",)),
        ("/prompt/1/text", "häuser", ("häuser",)),
        ("/source/colour", (1, 0.5, 0.25, 1.0), (1.0, 0.5, 0.25, 1.0)),
        ("/spot/place", (0.5, 2), (0.5, 2.0)),
    ],
)
def test_a_packet_has_the_types_that_the_tree_announces(address, value, args):
    (bundle,) = decode(packet(SPACE.table[address], value))
    (event,) = bundle.events
    assert (event.address, event.args) == (address, args)
    assert list(map(type, event.args)) == list(map(type, args))


@given(st.text())
def test_no_target_breaks_it(target):
    found = ask(target)
    assert found.status in (200, 204, 400, 404)
    json.dumps(found.body, allow_nan=False)
