"""The web port over real sockets on loopback, with clients that nobody here wrote (http.client, websockets)."""

import gc
import http.client
import io
import json
import socket
import threading
import time
import warnings
from contextlib import closing, contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from perf.core.event import Reply
from perf.core.param import Param
from perf.core.table import table
from perf.errors import DeviceError
from perf.ports.http import MESSAGE_LIMIT, HttpServer
from perf.ports.http_gate import Site, is_loopback
from perf.ports.mailbox import Inbox
from perf.wire.osc import decode, encode
from perf.wire.oscquery import Namespace

PATIENCE = 5.0  # seconds after which a test gives up; nothing waits that long when it works


class Bench:
    """A server, its inbox and a clock that the test turns."""

    def __init__(self):
        self.inbox, self.seconds = Inbox(), 0.0
        self.values = table().defaults
        self.server = HttpServer(Site(port=0, osc_port=9000), Namespace(table()), self.inbox, lambda: self.seconds)
        self.port = self.server.port

    def publish(self, author="", **values):
        self.seconds += 1.0
        self.values = self.values | {"/" + name.replace("_", "/"): value for name, value in values.items()}
        self.server.publish(self.seconds, self.values, lambda address: author)

    def get(self, target, **headers):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as line:
            line.request("GET", target, headers=headers)
            answer = line.getresponse()
            return answer, answer.read()

    def ws(self, path="/", **more):
        return connect(f"ws://127.0.0.1:{self.port}{path}", open_timeout=PATIENCE, close_timeout=PATIENCE, **more)

    def events(self, number=1):
        return list(until(lambda: self.inbox.drain(self.seconds), number))

    def fault(self):
        """The next fault's words."""
        return until(lambda: self.inbox.faults()[1], 1)[0][1]


def until(take, number):
    """Collect `number` of what `take` gives."""
    found, end = [], time.monotonic() + PATIENCE
    while len(found) < number:
        found += take()
        assert time.monotonic() < end, f"{len(found)} of {number} came: {found}"
    return found


@pytest.fixture
def bench():
    with closing_bench() as made:
        yield made


@contextmanager
def closing_bench():
    made = Bench()
    try:
        yield made
    finally:
        made.server.close()


def listen(bench, line, *addresses, command="LISTEN"):
    """Send the commands and wait until they were read."""
    for address in addresses:
        line.send(json.dumps({"COMMAND": command, "DATA": address}))
    line.send(encode("/read"))
    assert bench.events()[0].address == "/read"


def hear(line):
    """The next value that a client is told."""
    (bundle,) = decode(line.recv(timeout=PATIENCE))
    (event,) = bundle.events
    return event.address, event.args


def test_get_answers_as_the_proposal_says(bench):
    bench.publish(sampler_skip=0.25)
    answer, body = bench.get("/sampler/skip?VALUE")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"VALUE": [0.25]}
    info = json.loads(bench.get("/?HOST_INFO")[1])
    assert (info["OSC_PORT"], info["WS_PORT"]) == (9000, bench.port)
    assert json.loads(bench.get("/")[1])["CONTENTS"]["sampler"]["CONTENTS"]["skip"]["VALUE"] == [0.25]
    statuses = [bench.get(t)[0].status for t in ("/master/panic?VALUE", "/none", "/?NONE")]
    assert statuses == [204, 404, 400]


def test_a_browser_gets_the_page_and_its_files_and_nothing_else(bench):
    answer, body = bench.get("/", Accept="text/html,*/*")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<title>" in body
    assert bench.get("/sampler?HTML")[1] == body
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for name, kind in (("app.js", "text/javascript"), ("page.css", "text/css")):
        answer, body = bench.get(f"/page/{name}")
        assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, kind)
        assert body
    for outside in ("/page/../http.py", "/page/%2e%2e/errors.py", "/page/", "/page/none.js", "/page//etc/passwd"):
        assert bench.get(outside)[0].status == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:9001", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("127.0.0.2:9001", 200), ("evil.example", 403),
     ("evil.example:9001", 403), ("127.0.0.1.evil.example", 403), ("localhost.evil.example", 403), ("[", 403)],
)  # fmt: skip
def test_a_rebound_name_is_turned_away(bench, host, status):
    assert bench.get("/?HOST_INFO", Host=host)[0].status == status


@pytest.mark.parametrize(
    ("origin", "passes"),
    [(None, True), ("http://localhost:3000", True), ("http://127.0.0.1:1", True), ("http://[::1]:5", True),
     ("https://evil.example", False), ("null", False), ("file://", False), ("http://localhost@evil.example", False)],
)  # fmt: skip
def test_only_pages_of_this_machine_may_open_a_websocket(bench, origin, passes):
    if passes:
        with bench.ws(origin=origin) as line:
            line.send(encode("/ping"))
            assert bench.events()
        return
    with pytest.raises(InvalidStatus) as refused, bench.ws(origin=origin):
        pass
    assert refused.value.response.status_code == 403
    assert "may not play this instrument" in bench.fault()


def test_other_methods_are_refused(bench):
    with closing(http.client.HTTPConnection("127.0.0.1", bench.port, timeout=PATIENCE)) as line:
        line.request("DELETE", "/")
        assert line.getresponse().status == 405


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback_names(name):
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["", "0.0.0.0", "::", "192.168.0.4", "localhost.example", "127.0.0.1.nip.io"])
def test_other_names(name):
    assert not is_loopback(name)


def test_a_client_is_told_what_it_listens_to_and_only_that(bench):
    with bench.ws() as line:
        listen(bench, line, "/sampler/skip", "/prompt/1/text")
        bench.publish(sampler_skip=0.25)
        assert dict([hear(line), hear(line)]) == {"/sampler/skip": (0.25,), "/prompt/1/text": ("",)}
        bench.publish(sampler_skip=0.75, sampler_steps=4)
        bench.publish(prompt_1_text="rain")
        assert dict([hear(line), hear(line)]) == {"/sampler/skip": (0.75,), "/prompt/1/text": ("rain",)}
        listen(bench, line, "/sampler/skip", command="IGNORE")
        bench.publish(sampler_skip=0.5, prompt_1_text="snow")
        assert hear(line) == ("/prompt/1/text", ("snow",))


def test_what_a_client_sends_becomes_events_and_is_not_sent_back(bench):
    with bench.ws() as one, bench.ws() as two:
        for line in (one, two):
            listen(bench, line, "/sampler/skip")
        bench.publish()
        assert hear(one) == hear(two) == ("/sampler/skip", (0.5,))
        one.send(encode("/sampler/skip", (0.125,)))
        (event,) = bench.events()
        assert (event.address, event.args, event.seconds) == ("/sampler/skip", (0.125,), bench.seconds)
        bench.publish(event.source, sampler_skip=0.125)
        assert hear(two) == ("/sampler/skip", (0.125,))
        bench.publish("", sampler_skip=0.5)
        assert hear(one) == ("/sampler/skip", (0.5,)), "its own value came back"


def test_a_client_whose_word_was_not_taken_is_told_what_is_true(bench):
    with bench.ws() as line:
        listen(bench, line, "/sampler/skip")
        bench.publish(sampler_skip=0.5)
        assert hear(line) == ("/sampler/skip", (0.5,))
        line.send(encode("/sampler/skip", ("nonsense",)))
        assert bench.events()
        bench.publish()
        assert hear(line) == ("/sampler/skip", (0.5,))


def test_a_client_is_told_its_own_value_where_ours_may_have_crossed_it_on_the_way(bench):
    with bench.ws() as line:
        listen(bench, line, "/sampler/skip")
        for value in (0.0, 0.25):
            bench.publish(sampler_skip=value)
            assert hear(line) == ("/sampler/skip", (value,))
        line.send(encode("/sampler/skip", (0.75,)))
        source = bench.events()[0].source
        bench.publish(source, sampler_skip=0.5)  # it glides
        session = bench.server._sessions[source]
        until(lambda: [1] if session._listener.said["/sampler/skip"].values == (0.5,) else [], 1)
        bench.publish(source, sampler_skip=0.75)
        until(lambda: [1] if session._listener.said["/sampler/skip"].values == (0.75,) else [], 1)
        bench.publish(source)
        assert hear(line) == ("/sampler/skip", (0.75,)), "and only once it has come to rest"


def test_a_reply_goes_to_who_asked(bench):
    with bench.ws() as line:
        line.send(encode("/ping"))
        (event,) = bench.events()
        assert bench.server.send(Reply(event.source, "/pong", (1.5,)))
        assert hear(line) == ("/pong", (1.5,))
    assert not bench.server.send(Reply("osc:udp:127.0.0.1:5", "/pong"))
    assert not bench.server.send(Reply("web:99", "/pong"))


def test_a_replaced_table_is_announced_and_served(bench):
    with bench.ws() as line:
        listen(bench, line, "/sampler/skip")
        bench.publish()
        hear(line)
        bench.server.replace_table(Namespace(table([Param("/shader/rain/amount", "float", 0.5)]), ("drop",)))
        assert json.loads(line.recv(timeout=PATIENCE)) == {"COMMAND": "PATH_CHANGED", "DATA": "/"}
        assert bench.get("/shader/rain/amount")[0].status == 200
        assert json.loads(bench.get("/cue/go?RANGE")[1]) == {"RANGE": [{"VALS": ["drop"]}]}
        listen(bench, line, "/shader/rain/amount")
        bench.publish(shader_rain_amount=0.75)
        assert hear(line) == ("/shader/rain/amount", (0.75,))


def test_a_parameter_that_a_reload_made_another_kind_is_served_before_its_first_value(bench):
    """An ISF input `long` becomes a `float`: until the next tick only the choice is known, and that is no number."""
    choice = Param("/shader/rain/amount", "choice", "soft", choices=("soft", "hard"))
    bench.server.replace_table(Namespace(table([choice])))
    bench.publish(shader_rain_amount="hard", sampler_skip=0.25)
    bench.server.replace_table(Namespace(table([Param("/shader/rain/amount", "float", 0.5)])))
    assert json.loads(bench.get("/shader/rain/amount?VALUE")[1]) == {"VALUE": [0.5]}
    assert json.loads(bench.get("/sampler/skip?VALUE")[1]) == {"VALUE": [0.25]}


def test_the_newest_picture_is_pushed_and_nothing_is_encoded_unwatched(bench, monkeypatch):
    encoded = []
    original = Image.Image.save
    monkeypatch.setattr(Image.Image, "save", lambda *a, **k: (encoded.append(1), original(*a, **k)))
    bench.server.picture(64, 32, bytes([255, 0, 0]) * (64 * 32))
    assert not bench.server.watching
    assert not bench.server.picture_due(1.0)
    with bench.ws("/picture") as line:
        until(lambda: [1] if bench.server.watching else [], 1)
        assert not encoded
        assert bench.server.picture_due(1.0)
        assert not bench.server.picture_due(1.05)
        assert bench.server.picture_due(1.07)
        for shade in range(0, 256, 5):
            bench.server.picture(64, 32, bytes([0, shade, 0]) * (64 * 32))
        frames = iter(lambda: Image.open(io.BytesIO(line.recv(timeout=PATIENCE))), None)
        picture = next(frame for frame in frames if frame.getpixel((8, 8))[1] > 250)
        assert (picture.format, picture.size) == ("JPEG", (64, 32))
        assert len(encoded) <= 3, "pictures that were overtaken are not encoded"
    until(lambda: [] if bench.server.watching else [1], 1)


def test_a_large_picture_is_scaled_and_a_bad_one_is_a_fault(bench):
    with bench.ws("/picture") as line:
        until(lambda: [1] if bench.server.watching else [], 1)
        bench.server.picture(10, 10, b"too short")
        assert "could not be encoded" in bench.fault()
        bench.server.picture(1920, 1080, bytes(1920 * 1080 * 3))
        assert Image.open(io.BytesIO(line.recv(timeout=PATIENCE))).size == (960, 540)


def test_the_next_cues_picture_has_a_line_of_its_own(bench):
    bench.server.preview((8, 8, bytes([0, 0, 255]) * 64))
    with bench.ws("/preview") as line, bench.ws("/picture") as programme:
        assert Image.open(io.BytesIO(line.recv(timeout=PATIENCE))).getpixel((4, 4))[2] > 250
        bench.server.preview(None)
        bench.server.preview((8, 8, bytes([255, 0, 0]) * 64))
        assert Image.open(io.BytesIO(line.recv(timeout=PATIENCE))).getpixel((4, 4))[0] > 250
        with pytest.raises(TimeoutError):
            programme.recv(timeout=0)


def test_a_watcher_that_confirms_gets_two_ahead_and_a_silent_one_holds_nobody_up(bench):
    noise = Image.effect_noise((640, 360), 90).convert("RGB").tobytes()
    with bench.ws("/picture?ACK") as mute, bench.ws("/picture") as deaf, bench.ws("/picture?ACK") as alive:
        until(lambda: [1] if bench.server._stage.programme.watchers == 3 else [], 1)
        for _ in range(6):
            bench.server.picture(640, 360, noise)
            alive.recv(timeout=PATIENCE)
            alive.send("")
        assert len([mute.recv(timeout=PATIENCE) for _ in range(2)]) == 2
        with pytest.raises(TimeoutError):
            mute.recv(timeout=0)
        mute.send("")
        bench.server.picture(640, 360, noise)
        assert mute.recv(timeout=PATIENCE)
        assert deaf.recv(timeout=PATIENCE)


def test_status_messages_and_hands_are_pushed_when_they_are_new(bench):
    bench.server.status({"fps": 59.9, "age": float("inf"), "where": {"beat": 3}}, [("engine", "out of memory")])
    with bench.ws("/status") as line:
        news = {}
        while len(news) < 3:
            news |= json.loads(line.recv(timeout=PATIENCE))
        assert news["STATUS"] == {"fps": 59.9, "age": None, "where": {"beat": 3}}
        assert news["MESSAGES"] == [["engine", "out of memory"]]
        assert news["HELD"] == []
        bench.publish("web:1")
        assert "/sampler/skip" in json.loads(line.recv(timeout=PATIENCE))["HELD"]
        bench.server.status({"fps": 60.0}, [("midi", "unplugged")])
        news = json.loads(line.recv(timeout=PATIENCE))
        if "MESSAGES" not in news:
            news |= json.loads(line.recv(timeout=PATIENCE))
        assert news == {"STATUS": {"fps": 60.0}, "MESSAGES": [["midi", "unplugged"]]}


@pytest.mark.parametrize(
    "message",
    ["", "no json", "[]", '{"COMMAND": "LISTEN"}', '{"COMMAND": "DANCE", "DATA": "/"}', "[" * 5000,
     '{"COMMAND": "LISTEN", "DATA": "/none"}', '{"COMMAND": "LISTEN", "DATA": ["/"]}', b"", b"garbage",
     b"/a\0\0,i\0\0", b"#bundle\0" + bytes(8) + b"\x7f\xff\xff\xff"],
)  # fmt: skip
def test_garbage_is_counted_and_the_line_lives_on(bench, message):
    with bench.ws() as line:
        line.send(message)
        assert "web:1" in bench.fault()
        line.send(encode("/ping"))
        assert bench.events()[0].address == "/ping"


def test_a_message_that_is_too_long_ends_only_its_own_connection(bench):
    with bench.ws() as line, bench.ws() as other:
        line.send(bytes(MESSAGE_LIMIT + 1))
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=PATIENCE)
        other.send(encode("/ping"))
        assert bench.events()[0].address == "/ping"


def test_a_busy_port_names_itself_and_the_cure(bench):
    with pytest.raises(DeviceError, match=rf"port {bench.port} on 127.0.0.1 is in use.*--http-port"):
        HttpServer(Site(port=bench.port), Namespace(table()), bench.inbox, lambda: 0.0)


@pytest.mark.parametrize(("site", "cure"), [(Site("none.invalid", 0), "--host"), (Site(port=70000), "--http-port")])
def test_an_address_that_cannot_be_had_names_the_cure(site, cure):
    with pytest.raises(DeviceError, match=cure):
        HttpServer(site, Namespace(table()), Inbox(), lambda: 0.0)


@pytest.mark.parametrize("rounds", range(6))
def test_who_comes_while_the_server_closes_leaves_no_socket_behind(bench, rounds):
    loop, came = bench.server._loop, []

    def come(left):
        if left:
            loop.call_soon(come, left - 1)
            return
        line = socket.socket()
        line.settimeout(PATIENCE)
        came.append(line)
        with suppress(ConnectionRefusedError):
            line.connect(("127.0.0.1", bench.port))

    def both():
        bench.server._stop.set()
        come(rounds)

    loop.call_soon_threadsafe(both)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        bench.server.close()
        gc.collect()
    came[0].close()
    assert [str(one.message) for one in seen] == []


def test_close_is_prompt_with_clients_and_twice_and_frees_the_port(bench):
    with bench.ws(), bench.ws("/picture"), bench.ws("/status"), socket.create_connection(("127.0.0.1", bench.port)):
        started = time.monotonic()
        bench.server.close()
        assert time.monotonic() - started < 2.0
    assert not [t for t in threading.enumerate() if t.name == "http" and t is bench.server._thread and t.is_alive()]
    bench.server.close()
    bench.publish()
    bench.server.status({})
    again = HttpServer(Site(port=bench.port), Namespace(table()), bench.inbox, lambda: 0.0)
    again.close()


@pytest.fixture(scope="module")
def worn():
    with closing_bench() as made:
        yield made


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(raw=st.binary(min_size=1, max_size=200))
def test_no_request_line_stops_it(worn, raw):
    with socket.create_connection(("127.0.0.1", worn.port), timeout=PATIENCE) as line:
        line.sendall(b"GET /" + raw + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(64)
        assert not answer or answer.startswith(b"HTTP/1.1 ")
        assert not answer.startswith(b"HTTP/1.1 500")
    assert worn.get("/sampler/skip?TYPE")[0].status == 200


@FUZZ
@given(messages=st.lists(st.one_of(st.text(max_size=200), st.binary(max_size=200)), max_size=8))
def test_no_message_stops_it(worn, messages):
    with worn.ws() as line:
        for message in messages:
            line.send(message)
        line.send(encode("/ping"))
        end = time.monotonic() + PATIENCE
        while not any(event.address == "/ping" for event in worn.inbox.drain(0.0)):
            assert time.monotonic() < end
