"""The keyboard plays events like any other port."""

from perf import keys


def test_keys_become_events() -> None:
    assert keys.event("b", 1.0, {}, True).args == (True,)
    assert keys.event("b", 1.0, {"/master/blackout": True}, True).args == (False,)
    assert keys.event("p", 1.0, {}, True).address == "/transport/stop"
    assert keys.event("p", 1.0, {}, False).address == "/transport/play"
    assert keys.event("n", 1.0, {}, False).address == "/cue/next"
    assert keys.event("w", 1.0, {"/automation/record": True}, True).args == (False,)
    assert keys.event("u", 1.0, {}, True).address == "/automation/undo"
    assert keys.event("z", 1.0, {}, False) is None


def test_every_key_is_in_the_help() -> None:
    known = " ".join(line.split("\t")[0].lower() for line in keys.HELP)
    for key in (*keys.TRIGGERS, *keys.TOGGLES, "p"):
        assert key in known
