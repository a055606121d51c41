"""The page in a real browser, where there is one: what a hand does arrives as an event, what changes is seen."""

import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import closing

import pytest
from websockets.sync.client import connect

from perf.core.param import Param
from perf.core.table import table
from perf.ports.http import HttpServer
from perf.ports.http_gate import Site
from perf.ports.mailbox import Inbox
from perf.wire.oscquery import Namespace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
]
PATIENCE = 20.0  # seconds: a browser on a busy machine takes its time to start
SPOT = Param("/spot/place", "point", (0.5, 0.5), help="where it is")
TINT = Param("/spot/tint", "colour", (1.0, 0.0, 0.0, 1.0))

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser on this machine")


def until(ask):
    """Ask until the answer is yes."""
    end = time.monotonic() + PATIENCE
    while not (found := ask()):
        assert time.monotonic() < end, "it did not happen"
    return found


class Browser:
    """One tab, driven by the DevTools protocol."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [CHROMIUM, *QUIET, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = folder / "DevToolsActivePort"
        until(lambda: port.exists() and "\n" in port.read_text())
        with urllib.request.urlopen(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list") as answer:
            (tab,) = (found for found in json.load(answer) if found["type"] == "page")
        self.opened = connect(tab["webSocketDebuggerUrl"], max_size=None)
        self.line = self.opened.__enter__()
        self.numbers, self.complaints = itertools.count(1), []
        self.do("Runtime.enable")
        self.do("Log.enable")

    def do(self, method, **params):
        number = next(self.numbers)
        self.line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.line.recv(timeout=PATIENCE))
            if message.get("id") == number:
                return message["result"]
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(message["params"])

    def js(self, code):
        return self.do("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)["result"].get(
            "value"
        )

    def centre(self, selector):
        return self.js(f"""(() => {{ const e = document.querySelector({selector!r});
            e.scrollIntoView({{block: "center"}}); const r = e.getBoundingClientRect();
            return [r.x + r.width / 2, r.y + r.height / 2, r.width]; }})()""")

    def mouse(self, kind, x, y):
        self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, selector):
        x, y, _ = self.centre(selector)
        self.mouse("mousePressed", x, y)
        return x, y

    def click(self, selector):
        self.mouse("mouseReleased", *self.press(selector))

    def key(self, name, code):
        for kind in ("keyDown", "keyUp"):
            self.do("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def close(self):
        self.opened.__exit__(None, None, None)
        self.process.terminate()
        self.process.wait()


class Show:
    """A server and the page that it serves."""

    def __init__(self, browser):
        self.browser, self.inbox, self.seconds = browser, Inbox(), 0.0
        space = Namespace(table([SPOT, TINT]), ("intro", "the drop"))
        self.values = space.table.defaults
        self.server = HttpServer(Site(port=0), space, self.inbox, lambda: self.seconds)
        self.publish()
        browser.complaints.clear()
        browser.do("Emulation.setDeviceMetricsOverride", width=1440, height=900, deviceScaleFactor=1, mobile=False)
        browser.do("Page.navigate", url=f"http://127.0.0.1:{self.server.port}/")
        until(lambda: browser.js("document.body && !document.body.classList.contains('offline')"))
        until(self.listened)  # a clock that stands tells nothing to who comes later

    def listened(self):
        """Whether the page has asked for every parameter that can be read."""
        asked = set[str]().union(*(session._wanted.copy() for session in list(self.server._sessions.values())))
        return {
            address for address, param in self.server._stage.namespace.table.items() if "r" in param.access
        } <= asked

    def publish(self, author="", **values):
        self.seconds += 1.0
        self.values |= {"/" + name.replace("_", "/"): value for name, value in values.items()}
        self.server.publish(self.seconds, self.values, lambda address: author)

    def events(self, address):
        """What came at `address`, once something has."""
        return until(lambda: [event for event in self.inbox.drain(self.seconds) if event.address == address])

    def last(self, address, wanted):
        """Wait until the last that came at `address` is about `wanted`."""
        until(lambda: any(e.address == address and wanted(*e.args) for e in self.inbox.drain(self.seconds)))

    def shows(self, selector, words):
        until(lambda: words in (self.browser.js(f"document.querySelector({selector!r}).textContent") or ""))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with closing(Browser(tmp_path_factory.mktemp("browser"))) as made:
        yield made


def looked(canvas: str, at: int) -> str:
    """JavaScript for a canvas's pixel, read through one that the browser lets be read often."""
    return (
        "(() => { const eye = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });"
        f" eye.drawImage(document.querySelector('{canvas}'), -{at}, -{at});"
        " return eye.getImageData(0, 0, 1, 1).data; })()"
    )


@pytest.fixture
def show(browser):
    made = Show(browser)
    yield made
    complaints = [c for c in browser.complaints if "WebSocket" not in json.dumps(c)]
    made.server.close()
    assert not complaints


def row(address):
    return f"[data-address='{address}']"


def test_a_hand_on_the_page_arrives_as_events(show):
    page = show.browser
    x, y = page.press(row("/sampler/skip") + " .fader")
    width = page.centre(row("/sampler/skip") + " .fader")[2]
    for step in range(1, 9):
        page.mouse("mouseMoved", x + step * 10, y)
    held = f"{0.5 + 70 / width:.2f}"  # the first step only picks it up
    show.publish(sampler_skip=0.1, sampler_rate=60.0)
    show.shows(row("/sampler/rate"), "60.0")
    show.shows(row("/sampler/skip"), held)  # what comes from elsewhere does not fight the finger
    page.mouse("mouseMoved", x + 100, y)
    page.mouse("mouseReleased", x + 100, y)
    show.last("/sampler/skip", lambda value: abs(value - (0.5 + 90 / width)) < 0.002)
    show.publish()
    show.shows(row("/sampler/skip"), "0.10")  # this show did not take it, and says so

    page.click(row("/prompt/1/text") + " textarea")
    page.do("Input.insertText", text="ein Füchslein in der Dämmerung")
    page.key("Enter", 13)
    assert show.events("/prompt/1/text")[0].args == ("ein Füchslein in der Dämmerung",)

    page.click(row("/prompt/blend") + " [role=radio]:nth-child(2)")
    assert show.events("/prompt/blend")[0].args == ("slerp",)
    page.click(row("/sampler/guidance") + " .readout")
    page.do("Input.insertText", text="7,5")
    page.key("Enter", 13)
    assert show.events("/sampler/guidance")[0].args == (7.5,)
    page.click(".freeze")
    assert show.events("/master/freeze")[0].args == (True,)
    page.click(".cue:nth-child(2)")
    assert show.events("/cue/go")[0].args == ("the drop",)
    page.click(".tap")
    assert show.events("/transport/tap")[0].args == ()
    page.press(".panic")
    until(lambda: page.js("document.querySelector('.panic').classList.contains('holding')"))
    assert show.events("/master/panic")[0].source.startswith("web:")


def test_the_next_cues_picture_stands_beside_and_a_press_fires_it(show):
    page = show.browser
    assert page.js("document.querySelector('.preview').hidden")
    show.server.preview((16, 8, bytes([0, 0, 255]) * 128))
    show.publish(status_preview_cue="the drop", status_preview_ready=True)
    show.shows(".preview .coming", "the drop")
    until(lambda: page.js("document.querySelector('.preview').classList.contains('ready')"))
    blue = looked(".preview canvas", 4) + "[2]"
    until(lambda: page.js(blue) > 250)
    page.click(".preview")
    assert show.events("/cue/take")
    show.publish(status_preview_ready=False)
    until(lambda: not page.js("document.querySelector('.preview').classList.contains('ready')"))


def test_what_changes_elsewhere_is_seen(show):
    page = show.browser
    show.publish(sampler_skip=0.875, prompt_1_text="rain", prompt_3_weight=-0.5, master_blackout=True)
    show.shows(row("/sampler/skip"), "0.88")
    until(lambda: page.js(f'document.querySelector("{row("/prompt/1/text")} textarea").value') == "rain")
    until(lambda: page.js("document.querySelector('.prompt.against .n').textContent") == "3")
    until(lambda: page.js("document.querySelector('.blackout').ariaPressed") == "true")
    show.publish("midi:x")
    until(lambda: page.js(f'document.querySelector("{row("/camera/zoom")}").classList.contains("held")'))
    page.click(row("/camera/zoom") + " .auto")
    assert show.events("/camera/zoom/auto")
    show.server.status({"fps": 59.94, "patch": "nocturne"}, [("engine", "out of memory")])
    show.shows(".patch", "nocturne")
    show.shows(".messages .newest", "out of memory")
    until(lambda: page.js("document.querySelector('[data-meter=fps]').textContent") == "60")
    show.publish(status_resolution=0.59)
    show.shows(".finely", "at 59 %")
    show.publish(status_resolution=1.0)
    show.shows(".finely", "")
    show.publish(status_second="playing")
    show.shows(".second", " · second playing")


def test_parameters_are_armed_and_recorded(show):
    page = show.browser
    arm = row("/camera/zoom") + " .arm"
    assert page.js(f"document.querySelector({arm!r}).offsetParent") is None
    page.click(".arming")
    page.click(arm)
    assert show.events("/automation/arm")[0].args == ("/camera/zoom", True)
    page.click(".group[data-name=camera] summary .arm")
    assert show.events("/automation/arm")[0].args == ("/camera", True)
    page.click(".record")
    assert show.events("/automation/record")[0].args == (True,)
    show.publish(status_automation_armed="/camera/zoom /prompt/1/text", status_automation_undo=1.0)
    show.publish(status_automation_writing="/camera/zoom", automation_record=True)
    until(lambda: page.js("document.querySelectorAll('.control.armed').length") == 2)
    until(lambda: page.js(f'document.querySelector("{row("/camera/zoom")}").classList.contains("writing")'))
    show.shows(".arming", "2")
    page.click(arm)
    assert show.events("/automation/arm")[0].args == ("/camera/zoom", False)
    page.click(".undo")
    assert show.events("/automation/undo")


def test_every_parameter_has_a_control_and_a_new_table_new_ones(show):
    page = show.browser
    drawn = set(page.js("[...document.querySelectorAll('[data-address]')].map(e => e.dataset.address)"))
    assert drawn == set(show.values)
    unnamed = page.js("""[...document.querySelectorAll("button, input, textarea, select, [role=slider]")]
        .filter(e => !e.ariaLabel && !e.textContent.trim() && !e.closest("label")?.textContent.trim()).length""")
    assert unnamed == 0
    show.server.replace_table(Namespace(table([Param("/shader/rain/amount", "float", 0.5)])))
    until(lambda: page.js(f'document.querySelector("{row("/shader/rain/amount")}") !== null'))
    assert page.js("document.querySelectorAll('.cue').length") == 0


def test_the_picture_is_shown_and_a_lost_server_is_said_and_found_again(show):
    page = show.browser
    until(lambda: show.server.watching)
    show.server.picture(64, 36, bytes((255, 0, 0)) * (64 * 36))
    until(lambda: page.js("document.querySelector('canvas').width") == 64)
    until(lambda: page.js("document.querySelector('.picture').classList.contains('live')"))
    pixel = f"[...{looked('canvas', 9)}]"
    assert page.js(pixel) == [254, 0, 0, 255]
    port = show.server.port
    show.server.close()
    until(lambda: page.js("document.body.classList.contains('offline')"))
    show.shows("header .line", "trying again")
    show.server = HttpServer(Site(port=port), Namespace(table()), show.inbox, lambda: show.seconds)
    until(lambda: page.js("!document.body.classList.contains('offline')"))


def test_nothing_sticks_out_of_a_phone(show):
    page = show.browser
    page.do("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    assert page.js("document.documentElement.scrollWidth") == 390
    small = page.js("""[...document.querySelectorAll("button, select, .fader, textarea")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 34).length""")
    assert small == 0, "a finger needs something to hit"


def test_words_that_were_not_sent_outlive_a_new_table(show):
    page, words = show.browser, row("/prompt/1/text") + " textarea"
    page.js(f"""window.old = document.querySelector({words!r}); old.focus(); old.value = "half a";
        old.dispatchEvent(new Event("input"))""")
    show.server.replace_table(Namespace(table([SPOT])))
    until(
        lambda: page.js(f"""document.querySelector({words!r}) !== old
        && document.querySelector({words!r})?.value === "half a" """)
    )
    assert page.js(f"document.activeElement === document.querySelector({words!r})")
    assert not [event for event in show.inbox.drain(show.seconds) if event.address == "/prompt/1/text"]


def test_a_new_table_takes_no_fader_from_the_hand_and_plays_no_half_a_number(show):
    page, fader = show.browser, row("/sampler/skip") + " .fader"
    x, y = page.press(fader)
    page.mouse("mouseMoved", x + 10, y)
    page.js(f"window.old = document.querySelector({fader!r})")
    fresh = Namespace(table([Param("/shader/rain/amount", "float", 0.5)]))
    show.server.replace_table(fresh)
    new = f'document.querySelector("{row("/shader/rain/amount")}") !== null'
    page.js("new Promise(done => setTimeout(done, 250))")
    assert page.js("old.isConnected")
    assert not page.js(new)
    page.mouse("mouseMoved", x + 40, y)
    page.mouse("mouseReleased", x + 40, y)
    width = page.centre(fader)[2]
    show.last("/sampler/skip", lambda value: abs(value - (0.5 + 30 / width)) < 0.002)
    until(lambda: page.js(new))
    show.shows(fader, f"{0.5 + 30 / width:.2f}")  # the tree may be older than what the hand has said since

    page.click(row("/sampler/guidance") + " .readout")
    page.do("Input.insertText", text="1")
    show.server.replace_table(Namespace(table([SPOT])))
    page.js("new Promise(done => setTimeout(done, 250))")
    page.do("Input.insertText", text="2")
    page.key("Enter", 13)
    assert [event.args for event in show.events("/sampler/guidance")] == [(12.0,)]
    until(lambda: not page.js(new))
    assert page.js(f'document.activeElement === document.querySelector("{row("/sampler/guidance")} .fader")')


def test_what_comes_while_the_tree_is_under_way_is_not_lost(show):
    page = show.browser
    page.js("""window.real = fetch; window.fetch = async (...request) => {
        const answer = await real(...request), text = await answer.text();
        await new Promise(go => (window.go = go));
        return new Response(text); }""")
    show.server.replace_table(Namespace(table([SPOT])))
    until(lambda: page.js("typeof go === 'function'"))
    show.publish(sampler_skip=0.25)
    show.shows(row("/sampler/skip"), "0.25")
    page.js("window.old = document.querySelector('.groups > *'); window.fetch = real; go()")
    until(lambda: not page.js("old.isConnected"))
    show.shows(row("/sampler/skip"), "0.25")


def test_controls_stand_below_their_own_headings_and_cover_nothing(show):
    page = show.browser
    page.do("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    page.js("document.querySelectorAll('details').forEach(each => (each.open = true))")
    page.js("document.body.classList.add('is-arming')")
    strayed = page.js("""[...document.querySelectorAll(".grid")].flatMap(grid => {
        let low = 0;
        return [...grid.children].filter(each => {
            const box = each.getBoundingClientRect(), above = box.top < low - 1;
            if (each.matches("h3")) low = box.bottom;
            return above || (each.matches("h3") && [...grid.querySelectorAll(".control")].some(one =>
                each.compareDocumentPosition(one) & 4 && one.getBoundingClientRect().top < box.top));
        }).map(each => each.dataset.address ?? each.textContent); })""")
    assert strayed == []
    cut = page.js("""[...document.querySelectorAll(".colours, .pick, .master button")]
        .filter(each => each.scrollWidth > each.clientWidth).length""")
    assert cut == 0
    bottom, top = page.js("""[[".picture", "bottom"], [".meters", "top"]]
        .map(([what, side]) => document.querySelector(what).getBoundingClientRect()[side])""")
    assert bottom <= top
    page.js("document.body.classList.remove('is-arming')")
    show.shows(row("/automation/tolerance"), "0.002")
    page.do("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    assert not page.js("[...document.querySelectorAll('.master button')].some(e => e.scrollWidth > e.clientWidth)")


def test_a_message_that_comes_on_two_lines_is_one(show):
    page = show.browser
    show.server.status({}, [("shader", "film is small"), ("shader", "film is whole")])
    show.shows(".messages .newest", "film is whole")
    for words in ("film is small", "film is whole"):
        show.publish(status_message=words)
        page.js("new Promise(done => setTimeout(done, 100))")
    show.publish(status_message="from the status alone")
    show.shows(".messages .newest", "alone")
    show.server.status({}, [("panic", "from the status alone"), ("engine", "out of memory")])
    show.shows(".messages .newest", "out of memory")
    said = page.js("[...document.querySelectorAll('.messages li')].map(e => e.children[1].textContent).reverse()")
    assert said == ["shader", "shader", "panic", "engine"]
