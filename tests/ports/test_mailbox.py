"""The mailbox: nothing blocks, nothing raises, and what must give way is what newer values have overtaken."""

from collections.abc import Callable
from itertools import count
from threading import Thread
from types import SimpleNamespace

from perf.core.event import Event
from perf.ports.mailbox import AHEAD_CAPACITY, HORIZON, MESSAGES, Guarded, Inbox, Queue, Rest, Slot, Stop


def events(*addresses: str) -> list[Event]:
    return [Event(0.0, address, (float(n),)) for n, address in enumerate(addresses)]


def drained(inbox: Inbox, now: float) -> list[str]:
    return [event.address for event in inbox.drain(now)]


def test_events_come_out_once_in_order() -> None:
    inbox = Inbox()
    inbox.put(events("/a", "/b"))
    inbox.put(events("/c"))
    assert drained(inbox, 0.0) == ["/a", "/b", "/c"]
    assert drained(inbox, 0.0) == []
    assert inbox.received == 3


def test_a_bundle_waits_for_its_time_and_stays_together() -> None:
    inbox = Inbox()
    inbox.put(events("/late/1", "/late/2"), due=2.0, now=1.0)
    inbox.put(events("/early"), due=1.5, now=1.0)
    inbox.put(events("/past"), due=0.5, now=1.0)
    assert drained(inbox, 1.0) == ["/past"]
    assert drained(inbox, 1.9) == ["/early"]
    assert drained(inbox, 2.0) == ["/late/1", "/late/2"]
    assert not inbox.faults()[0]


def test_what_was_put_off_comes_where_its_time_is() -> None:
    inbox = Inbox()
    inbox.put([Event(1.5, "/x", (2.0,)), Event(1.5, "/y", (2.0,))], due=1.5, now=1.0)
    inbox.put([Event(1.4, "/x", (1.0,))])
    inbox.put([Event(1.6, "/x", (3.0,))])
    assert [event.args[0] for event in inbox.peek(2.0)] == [1.0, 2.0, 2.0, 3.0]
    assert [event.args[0] for event in inbox.drain(2.0)] == [1.0, 2.0, 2.0, 3.0]


def test_what_was_looked_at_is_still_there() -> None:
    inbox = Inbox()
    assert not inbox.wait(0.0)
    inbox.put(events("/a"))
    inbox.put(events("/late"), due=2.0, now=1.0)
    inbox.put(events("/later"), due=3.0, now=1.0)
    assert inbox.wait(0.0)
    assert [event.address for event in inbox.peek(2.5)] == ["/a", "/late"]
    assert not inbox.wait(0.0)
    assert drained(inbox, 2.5) == ["/a", "/late"]


def test_a_wait_ends_when_something_comes() -> None:
    inbox = Inbox()
    putter = Thread(target=lambda: inbox.put(events("/a")))
    putter.start()
    assert inbox.wait(30.0)
    putter.join()


def test_beyond_the_horizon_is_applied_at_once_and_said() -> None:
    inbox = Inbox()
    inbox.put(events("/far"), due=HORIZON + 1.0, now=0.0)
    assert drained(inbox, 0.0) == ["/far"]
    assert inbox.faults() == ({"time tag": 1}, [("time tag", "a time tag 11.0 s ahead was applied at once")])


def test_waiting_events_are_bounded_by_their_number() -> None:
    inbox = Inbox()
    inbox.put(events(*["/many"] * AHEAD_CAPACITY), due=1.0, now=0.0)
    inbox.put(events("/more"), due=1.0, now=0.0)
    assert drained(inbox, 0.0) == ["/more"]
    assert len(inbox.drain(1.0)) == AHEAD_CAPACITY
    inbox.put(events("/again"), due=3.0, now=2.0)
    assert drained(inbox, 2.0) == []


def test_a_full_inbox_keeps_the_newest_value_of_every_address() -> None:
    inbox = Inbox(capacity=100)
    for n in range(10_000):
        inbox.put([Event(float(n), f"/p/{n % 50}", (n,))])
    newest = {event.address: event.args[0] for event in inbox.drain(0.0)}
    assert newest == {f"/p/{n % 50}": n for n in range(9950, 10_000)}
    assert inbox.faults()[0]["full inbox"] > 9000


def test_more_addresses_than_room_are_dropped_and_counted() -> None:
    inbox = Inbox(capacity=10)
    inbox.put(events(*(f"/{n}" for n in range(25))))
    assert len(inbox.drain(0.0)) == 10
    assert inbox.faults()[0]["full inbox"] == 15


def test_a_flood_of_faults_is_counted_and_told_once() -> None:
    inbox = Inbox()
    for n in range(5000):
        inbox.fault("osc", "the same")
        inbox.fault("osc", f"number {n}")
    counts, messages = inbox.faults()
    assert counts["osc"] == 10_000
    assert len(messages) == MESSAGES
    assert messages.count(("osc", "the same")) == 1
    assert inbox.faults()[1] == []


def test_threads_lose_nothing() -> None:
    inbox = Inbox()
    threads = [Thread(target=lambda: [inbox.put(events("/a")) for _ in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    taken = sum(len(inbox.drain(0.0)) for _ in range(200))
    for thread in threads:
        thread.join()
    assert taken + len(inbox.drain(0.0)) == 8000


def test_a_slot_holds_the_newest() -> None:
    slot: Slot[int] = Slot()
    slot.put(1)
    slot.put(2)
    assert (slot.take(), slot.take()) == (2, None)
    slot.close()
    assert slot.wait() is None


def test_a_queue_refuses_when_full_and_gives_out_what_is_left() -> None:
    queue: Queue[int] = Queue(2)
    assert [queue.offer(n) for n in range(3)] == [True, True, False]
    assert queue.drain() == [0, 1]
    assert queue.offer(4)
    queue.close()
    assert list(queue) == [4]
    assert not queue.offer(5)


def test_a_guarded_value_is_used_in_turn() -> None:
    guarded: Guarded[list[int]] = Guarded([0])

    def add() -> None:
        for _ in range(2000):
            with guarded as numbers:
                numbers[0] = numbers[0] + 1

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with guarded as numbers:
        assert numbers == [8000]


def test_stop_ends_a_wait() -> None:
    stop = Stop()
    assert not stop
    assert not stop.wait(0.0)
    stop.set()
    assert stop
    assert stop.wait(60.0)


def rested(
    seconds: float,
    answered: Callable[[float], bool],
    inbox: Inbox,
    hold: float = 0.0,
    soon: bool = False,
    shift: float = 0.0,
    fixed: bool = False,
) -> tuple[float, list[float]]:
    """How far a clock that moves with each look came in a rest, and when something was heard."""
    looks, heard = count(), []

    def hear(now: float) -> bool:
        heard.append(now)
        inbox.peek(now)
        return soon

    haste = SimpleNamespace(answered=answered, hold=lambda now: hold, placed=lambda due, early: (due + shift, fixed))
    Rest(lambda: next(looks) / 1000, inbox, hear, haste)(seconds, 0.05)
    return next(looks) / 1000, heard


def test_a_rest_lasts_and_hears_what_comes() -> None:
    inbox = Inbox()
    inbox.put(events("/a"))
    came, heard = rested(0.03, lambda left: False, inbox)
    assert came >= 0.026
    assert len(heard) == 1


def test_a_frame_is_placed_where_something_happens() -> None:
    came, _ = rested(0.03, lambda left: False, Inbox(), shift=0.02)
    assert 0.046 <= came <= 0.056
    came, _ = rested(0.03, lambda left: False, Inbox(), shift=-0.02)
    assert came <= 0.016


def test_a_frame_that_shows_a_leap_is_neither_hastened_nor_held() -> None:
    inbox = Inbox()
    inbox.put(events("/a"))
    came, heard = rested(0.05, lambda left: True, inbox, hold=0.5, soon=True, fixed=True)
    assert 0.046 <= came <= 0.06
    assert heard


def test_a_frame_that_is_held_comes_later_and_a_glance_waits_for_nothing() -> None:
    came, _ = rested(0.0, lambda left: False, Inbox(), hold=0.05)
    assert came >= 0.046
    inbox, heard = Inbox(), list[float]()
    haste = SimpleNamespace()  # nobody is asked
    rest = Rest(lambda: 7.0, inbox, lambda now: bool(heard.append(now)), haste)
    rest.glance()
    inbox.put(events("/a"))
    rest.glance()
    assert heard == [7.0]


def test_a_rest_ends_early_where_the_frame_shows_what_has_come_and_is_not_held() -> None:
    def heard(**how: float) -> float:
        inbox = Inbox()
        inbox.put(events("/a"))
        return rested(0.1, lambda left: False, inbox, soon=True, **how)[0]

    assert 0.05 <= heard() < 0.07, "so early at most"
    assert heard(hold=0.02) >= 0.116


def test_a_rest_ends_early_when_it_had_better() -> None:
    answers = iter([False, False, True])
    came, heard = rested(10.0, lambda left: next(answers), Inbox())
    assert came < 0.1
    assert not heard


def test_a_queue_is_waited_for_no_longer_than_asked() -> None:
    line: Queue[int] = Queue(4)
    assert line.drain(0.001) == []
    Thread(target=line.put, args=(7,)).start()
    assert line.drain(30.0) == [7]
    line.close()
    assert line.drain(30.0) == [], "nobody waits for a closed one"
