"""What a listener is told: everything once, then changes, thirty times a second at most, never its own."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from perf.core.event import Value
from perf.ports.feedback import INTERVAL, SETTLED, Listener
from perf.ports.subscribers import LEASE, SUBSCRIBERS, Subscribers, Subscription, subscription, wanted


def nobody(address: str) -> str:
    return ""


def everything(address: str) -> bool:
    return True


def test_all_once_then_changes_only() -> None:
    listener = Listener("me", everything)
    assert listener.due(0.0, {"/a": 1.0, "/b": 2.0}, nobody) == [("/a", 1.0), ("/b", 2.0)]
    assert listener.due(1.0, {"/a": 1.0, "/b": 3.0}, nobody) == [("/b", 3.0)]
    assert listener.due(2.0, {"/a": 1.0, "/b": 3.0}, nobody) == []


@pytest.mark.parametrize("fps", [60, 75, 30, 144])
def test_thirty_a_second_with_the_latest_value(fps: int) -> None:
    """A fader moves for ten seconds: about 300 messages, none closer than half an interval, the last one true."""
    listener, told = Listener("me", everything), []
    for frame in range(fps * 10):
        told += [(frame / fps, value) for _, value in listener.due(frame / fps, {"/a": float(frame)}, nobody)]
    assert 230 <= len(told) <= 302
    assert min(b[0] - a[0] for a, b in pairwise(told)) >= INTERVAL / 2 - 1e-9
    assert listener.due(11.0, {"/a": -1.0}, nobody) == [("/a", -1.0)]


def test_who_made_a_change_does_not_hear_of_it() -> None:
    """A moves x; B hears it; then B moves x, and A does."""
    a, b = Listener("a", everything), Listener("b", everything)
    for listener in (a, b):
        listener.due(0.0, {"/x": 0.0}, nobody)
    assert a.due(1.0, {"/x": 0.5}, lambda address: "a") == []
    assert b.due(1.0, {"/x": 0.5}, lambda address: "a") == [("/x", 0.5)]
    assert a.due(2.0, {"/x": 0.7}, lambda address: "b") == [("/x", 0.7)]
    assert b.due(2.0, {"/x": 0.7}, lambda address: "b") == []


def test_a_listener_whose_move_was_overtaken_is_told_what_is_true() -> None:
    """Between two looks, A moves x and B puts it back: to A nothing has changed since it was told last."""
    a = Listener("a", everything)
    a.due(0.0, {"/x": 0.5}, lambda address: "b")
    a.says("/x", 1.0)
    assert a.due(1.0, {"/x": 0.5}, lambda address: "b") == []
    assert a.due(1.0 + SETTLED + INTERVAL, {"/x": 0.5}, lambda address: "b") == [("/x", 0.5)]


def test_a_listener_whose_word_has_crossed_ours_is_told_what_is_true() -> None:
    """A track moves x, and A taps a button: the track's last value is on its way, and comes to A after the tap."""
    a = Listener("a", everything)
    a.due(0.0, {"/x": 0.1}, nobody)
    assert a.due(0.95, {"/x": 0.2}, nobody) == [("/x", 0.2)]
    a.says("/x", 1.0)
    assert a.due(1.0, {"/x": 1.0}, lambda address: "a") == []
    assert a.due(1.2, {"/x": 1.0}, lambda address: "a") == [("/x", 1.0)]
    assert a.due(1.3, {"/x": 1.0}, lambda address: "a") == []
    for step in range(20):  # a long drag has crossed nothing
        a.says("/x", 2.0 + step / 20)
        assert a.due(2.0 + step / 20, {"/x": step / 20}, lambda address: "a") == []
    assert a.due(4.0, {"/x": 0.95}, lambda address: "a") == []


def test_what_a_listener_is_told_first_has_crossed_nothing() -> None:
    a = Listener("a", everything)
    a.due(0.95, {"/x": 0.1}, nobody)
    a.says("/x", 1.0)
    assert a.due(1.0, {"/x": 1.0}, lambda address: "a") == []
    assert a.due(1.2, {"/x": 1.0}, lambda address: "a") == []


@pytest.mark.parametrize("word", ["/norm/master/freeze", "/master/*", "/norm/{master,x}/freeze", "/freeze"])
def test_what_a_listener_has_moved_without_its_name_it_is_told(word: str) -> None:
    a = Listener("a", everything)
    a.due(0.0, {"/master/freeze": False}, nobody)
    a.says(word, 5.0)
    assert a.due(5.0, {"/master/freeze": True}, lambda address: "a") == []
    assert a.due(5.2, {"/master/freeze": True}, lambda address: "a") == [("/master/freeze", True)]


def test_what_a_reload_cut_out_of_a_listeners_hand_it_is_told() -> None:
    """An edited patch has another range: the hand keeps what lies in it. The first look still sees the old patch's."""
    subscribers = Subscribers()
    subscribers.subscribe(Subscription("a", "a"), 0.0)
    told = [list(subscribers.due(0.0, {"/x": 1.0}, nobody))]
    for seconds, value in ((1.0, 8.0), (2.0, 8.0), (2.1, 4.0), (2.2, 4.0)):
        if seconds == 2.0:
            subscribers.fix({})
        told.append(list(subscribers.due(seconds, {"/x": value}, lambda address: "a")))
    assert told == [[("a", [("/x", 1.0)])], [], [], [("a", [("/x", 4.0)])], []]


def test_who_moves_what_no_hand_holds_hears_it_when_it_has_come_to_rest() -> None:
    """The tempo is the transport's: nobody's name stands beside it."""
    a, tempo = Listener("a", everything), "/transport/tempo"
    a.due(0.0, {tempo: 120.0}, nobody)
    for step in range(30):
        a.says(tempo, 1 + step / 30)
        assert a.due(1 + step / 30, {tempo: 100.0 + step}, nobody) == []
    assert a.due(2.2, {tempo: 129.0}, nobody) == [(tempo, 129.0)]


def test_what_a_listener_says_of_what_is_not_there_is_forgotten() -> None:
    a = Listener("a", everything)
    a.due(0.0, {"/x": 0.5}, nobody)
    for number in range(5000):
        a.says(f"/nothing/{number}", 1.0)
    a.says("/transport/tap", 1.0)
    assert len(a.said) < 1000
    assert a.due(2.0, {"/x": 0.5}, nobody) == []
    assert (a.told, a.said) == ({"/x": 0.5}, {})


def test_a_listener_that_said_it_knows() -> None:
    listener = Listener("me", everything)
    listener.knows("/a", 1.0)
    assert listener.due(0.0, {"/a": 1.0}, nobody) == []


@pytest.mark.parametrize(
    ("args", "target", "prefix", "lease"),
    [
        ((), "osc:udp:10.0.0.2:5000", "/", LEASE),
        ((9002,), "osc:udp:10.0.0.2:9002", "/", LEASE),
        ((9002.0, "/prompt"), "osc:udp:10.0.0.2:9002", "/prompt", LEASE),
        (("9002", "/prompt", "5"), "osc:udp:10.0.0.2:9002", "/prompt", 5.0),
        (("/layer",), "osc:udp:10.0.0.2:5000", "/layer", LEASE),
        (("/layer", 10), "osc:udp:10.0.0.2:5000", "/layer", 10.0),
        ((0, "/layer", 10), "osc:udp:10.0.0.2:5000", "/layer", 10.0),
    ],
)
def test_subscribe_reads_what_people_send(args: tuple[Value, ...], target: str, prefix: str, lease: float) -> None:
    source = "osc:udp:10.0.0.2:5000"
    assert subscription(source, args) == Subscription(source, target, prefix, lease)


@pytest.mark.parametrize("args", [("x",), (70000,), (-1,), (None,), (9000, "/a", 0), (float("nan"),), (1e9, 1, 1)])
def test_subscribe_refuses_nonsense_with_a_reason(args: tuple[Value, ...]) -> None:
    with pytest.raises(ValueError, match=r"/subscribe takes|a port is|give 1"):
        subscription("osc:udp:10.0.0.2:5000", args)


@pytest.mark.parametrize(
    ("prefix", "inside", "outside"),
    [
        ("/", ["/a", "/a/b"], []),
        ("/prompt/1", ["/prompt/1", "/prompt/1/text"], ["/prompt/12/text", "/promp"]),
        ("/prompt/", ["/prompt/1/text"], ["/prompts"]),
        ("/layer/*/opacity", ["/layer/1/opacity"], ["/layer/1/blend"]),
    ],
)
def test_a_prefix_ends_at_a_slash(prefix: str, inside: list[str], outside: list[str]) -> None:
    wants: Callable[[str], bool] = wanted(prefix)
    assert all(map(wants, inside))
    assert not any(map(wants, outside))


def targets(subscribers: Subscribers, now: float, value: float) -> set[str]:
    return {target for target, _ in subscribers.due(now, {"/a": value}, nobody)}


def test_a_lease_runs_out_unless_it_is_refreshed() -> None:
    subscribers = Subscribers()
    subscribers.subscribe(Subscription("u", "u", lease=10.0), 0.0)
    subscribers.subscribe(Subscription("v", "v", lease=10.0), 0.0)
    assert targets(subscribers, 1.0, 1.0) == {"u", "v"}
    subscribers.subscribe(Subscription("u", "u", lease=10.0), 9.0)
    assert targets(subscribers, 9.5, 1.0) == set()
    assert targets(subscribers, 12.0, 2.0) == {"u"}


def test_a_tcp_subscription_lasts_as_long_as_its_connection() -> None:
    subscribers = Subscribers()
    subscribers.subscribe(subscription("osc:tcp:1", (9000, "/", 1.0)), 0.0)
    assert targets(subscribers, 1e6, 1.0) == {"osc:tcp:1"}
    subscribers.unsubscribe("osc:tcp:1")
    assert not len(subscribers)


def test_unsubscribe_ends_what_its_sender_began() -> None:
    subscribers = Subscribers()
    for target in ("u:1", "u:2"):
        subscribers.subscribe(Subscription("u:1", target), 0.0)
    subscribers.unsubscribe("u:1", "u:2")
    assert targets(subscribers, 0.0, 1.0) == {"u:1"}
    subscribers.unsubscribe("u:1")
    assert not len(subscribers)


def test_who_starts_anew_on_another_port_is_told_everything_and_may_end_it() -> None:
    subscribers = Subscribers()
    subscribers.subscribe(Subscription("u:1", "u:9002"), 0.0)
    assert targets(subscribers, 0.0, 1.0) == {"u:9002"}
    subscribers.subscribe(Subscription("u:2", "u:9002"), 1.0)
    assert targets(subscribers, 1.0, 1.0) == {"u:9002"}
    assert list(subscribers.due(2.0, {"/a": 2.0}, lambda address: "u:2")) == [], "its own move"
    subscribers.unsubscribe("u:2")
    assert not len(subscribers)


def test_there_is_a_most_of_them_and_the_expired_make_room() -> None:
    subscribers = Subscribers()
    for n in range(SUBSCRIBERS):
        subscribers.subscribe(Subscription(f"u{n}", f"u{n}"), 0.0)
    with pytest.raises(ValueError, match="64 listen already"):
        subscribers.subscribe(Subscription("late", "late"), 1.0)
    subscribers.subscribe(Subscription("late", "late"), LEASE + 1.0)
    assert len(subscribers) == 1


def test_fixed_destinations_stay_over_a_reload() -> None:
    subscribers = Subscribers()
    subscribers.fix({"u": "/", "v": "/"})
    assert targets(subscribers, 0.0, 1.0) == {"u", "v"}
    subscribers.fix({"u": "/", "w": "/"})
    assert targets(subscribers, 1.0, 1.0) == {"w"}
