// The left half: live picture, meters, transport, cues, messages, and the three buttons that must never fail.

import { Line } from "./link.js";
import { find, icon, make } from "./make.js";

const STALE = 2500; // ms without a picture after which the page says that it waits
const HOLD = 700; // ms that panic must be held
const STILL = 400; // ms without a new beat after which the transport counts as stopped
const KEPT = 60; // messages
const TWINS = 3000; // ms within which the same words on two lines are one message

/** The newest JPEG of a line on the canvas of `figure`; a tab that nobody sees asks for none. */
function live(figure, path, came) {
  const canvas = find("canvas", figure), context = canvas.getContext("2d", { alpha: false });
  const line = new Line(path, {
    message: async (data) => {
      const image = await createImageBitmap(new Blob([data], { type: "image/jpeg" })).catch(() => null);
      line.send("");
      if (!image) return;
      if (canvas.width !== image.width || canvas.height !== image.height) {
        Object.assign(canvas, { width: image.width, height: image.height });
        figure.style.setProperty("--ratio", `${image.width} / ${image.height}`);
      }
      context.drawImage(image, 0, 0);
      image.close();
      came?.();
    },
  });
  const look = () => line.want(!document.hidden);
  document.addEventListener("visibilitychange", look);
  look(); // it may have been opened behind another
}

/** What the stage shows. */
export function picture() {
  const figure = find(".picture");
  let timer;
  live(figure, "/picture?ACK", () => {
    figure.classList.add("live");
    clearTimeout(timer);
    timer = setTimeout(() => figure.classList.remove("live"), STALE);
  });
  const full = find(".full", figure);
  full.append(icon("full"));
  full.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen?.());
}

/** What the coming cue would show; a press fires it. */
export function preview(desk, table) {
  const bus = find(".preview");
  live(bus, "/preview?ACK");
  bus.onclick = () => desk.say("/cue/take");
  table.set("/status/preview/cue", (name) => {
    bus.hidden = !name;
    bus.ariaLabel = `Fire ${name}`;
    find(".coming", bus).textContent = name;
  });
  table.set("/status/preview/ready", (ready) => bus.classList.toggle("ready", Boolean(ready)));
}

/** Values that the left half shows, by address. */
export function shown() {
  const meters = [...document.querySelectorAll("[data-meter]")];
  const table = new Map(meters.map((cell) => [`/status/${cell.dataset.meter}`, (value) => {
    cell.textContent = typeof value === "number" ? value.toFixed(Number(cell.dataset.digits)) : "–";
    if (cell.dataset.meter === "errors") cell.parentElement.classList.toggle("bad", value > 0);
  }]));
  table.set("/status/resolution", (share) => (find(".finely").textContent = share < 1 ? `at ${Math.round(100 * share)} %` : ""));
  table.set("/status/sampler", (words) => (find(".doing").textContent = words || "–"));
  table.set("/status/second", (words) => (find(".second").textContent = words ? ` · second ${words}` : ""));
  table.set("/status/message", (words) => words && say("status", words));
  for (const [address, name] of [["/master/blackout", "blackout"], ["/master/freeze", "freeze"]]) {
    table.set(address, (on) => {
      find(`.${name}`).ariaPressed = String(Boolean(on));
      document.body.classList.toggle(`is-${name}`, Boolean(on));
    });
  }
  return table;
}

export function transport(desk, table) {
  const tempo = find(".tempo input"), dots = find(".dots"), count = find(".beat b"), root = find(".transport");
  let bpm = 120, bar = 4, beat = 0, still;
  find(".play").append(icon("play", true));
  find(".stop").append(icon("stop", true));
  const [back, forth] = root.querySelectorAll("[data-nudge]");
  back.append(icon("back"));
  forth.append(icon("forth"));
  find(".play").onclick = () => desk.say("/transport/play");
  find(".stop").onclick = () => desk.say("/transport/stop");
  // a tap is a moment: the press, not the click that comes after it
  const tap = find(".tap");
  const tapped = () => {
    desk.say("/transport/tap");
    tap.animate([{ backgroundColor: "var(--hand)", color: "var(--ink)" }, {}], 220);
  };
  tap.onpointerdown = tapped;
  tap.onkeydown = (event) => (event.key === " " || event.key === "Enter") && !event.repeat && tapped();
  for (const button of [back, forth]) button.onclick = () => desk.say("/transport/nudge", ["f", Number(button.dataset.nudge)]);
  const play = (value) => {
    if (!Number.isFinite(value)) return void (tempo.value = bpm.toFixed(1));
    bpm = Math.min(Math.max(value, 20), 999);
    tempo.value = bpm.toFixed(1);
    desk.show("/transport/tempo", bpm);
    desk.set("/transport/tempo", bpm);
  };
  for (const button of root.querySelectorAll("[data-step]")) {
    button.onclick = (event) => play(bpm + Number(button.dataset.step) * (event.shiftKey ? 0.1 : 1));
  }
  tempo.onchange = () => play(parseFloat(tempo.value.replace(",", ".")));
  tempo.onfocus = () => tempo.select();
  tempo.onkeydown = (event) => event.key === "Enter" && tempo.blur();
  const light = () => [...dots.children].forEach((dot, i) => dot.classList.toggle("on", Math.floor(beat) % bar === i));
  const bars = (beats) => {
    bar = beats;
    dots.replaceChildren(...Array.from({ length: Math.min(bar, 16) }, () => make("i")));
    light();
  };
  bars(4);
  table.set("/transport/tempo", (value) => {
    bpm = value;
    if (document.activeElement !== tempo) tempo.value = value.toFixed(1);
  });
  table.set("/status/beat", (value) => {
    const moved = value !== beat;
    beat = value;
    count.textContent = `${Math.floor(beat / bar) + 1}.${(Math.floor(beat) % bar) + 1}`;
    light();
    if (!moved) return;
    root.classList.add("playing");
    clearTimeout(still);
    still = setTimeout(() => root.classList.remove("playing"), STILL);
  });
  return (status) => {
    if (status.beats_per_bar && status.beats_per_bar !== bar) bars(status.beats_per_bar);
    if (status.automated === undefined) return;
    root.classList.toggle("disarmed", !status.automated); // by a panic: beats go on, what the timeline says is not played
    find(".play").title = status.automated ? "Start the timeline" : "Arm the timeline again";
  };
}

export function master(desk, table) {
  for (const name of ["blackout", "freeze"]) {
    const address = `/master/${name}`, button = find(`.${name}`);
    button.onclick = () => {
      const on = button.ariaPressed !== "true";
      desk.show(address, on);
      desk.set(address, on);
    };
  }
  find(".snapshot").onclick = () => desk.say("/master/snapshot");
  const panic = find(".panic");
  let timer;
  const start = () => {
    clearTimeout(timer);
    panic.classList.add("holding");
    timer = setTimeout(() => {
      desk.say("/master/panic");
      navigator.vibrate?.(60);
      stop();
      panic.animate([{ backgroundColor: "#fff" }, {}], 500);
    }, HOLD);
  };
  const stop = () => {
    clearTimeout(timer);
    panic.classList.remove("holding");
  };
  panic.onpointerdown = start;
  panic.onpointerup = panic.onpointerleave = panic.onpointercancel = panic.onblur = stop;
  panic.oncontextmenu = (event) => event.preventDefault();
  panic.onkeydown = (event) => (event.key === " " || event.key === "Enter") && !event.repeat && start();
  panic.onkeyup = stop;
}

/** The patch's cues as buttons; the one that went last is lit. */
export function cues(names, desk) {
  const root = find(".cues");
  const light = (name) => buttons.forEach((button) => button.classList.toggle("last", button.value === name));
  const buttons = names.map((name, i) => {
    const button = make("button.cue", { type: "button", value: name, title: `/cue/go ${name}` }, make("small", String(i + 1)), make("span", name));
    button.onclick = () => {
      light(name);
      desk.say("/cue/go", ["s", name]);
    };
    return button;
  });
  const next = make("button.next", { type: "button", ariaLabel: "Next cue", title: "/cue/next" }, icon("next"));
  next.onclick = () => desk.say("/cue/next");
  root.replaceChildren(...(names.length ? [...buttons, next] : []));
  return light;
}

let fresh = 0;

/** Add a message to the performer. */
export function say(kind, words) {
  const root = find(".messages"), list = find("ol", root), newest = find(".newest", root);
  const now = performance.now(), same = (line) => now - line.came < TWINS && line.lastChild.textContent.endsWith(words);
  const twin = [...list.children].find((line) => same(line) && (kind === "status" || line.kind.textContent === "status"));
  if (twin) { // the status says the newest message, too
    if (kind !== "status") twin.kind.textContent = kind;
    return;
  }
  const at = new Date().toLocaleTimeString([], { hour12: false }), said = make("b", kind);
  list.prepend(make("li", { came: now, kind: said }, make("time", at), said, make("span", words)));
  while (list.children.length > KEPT) list.lastChild.remove();
  newest.textContent = words;
  root.classList.add("some");
  root.classList.toggle("fresh", !root.open);
  find(".count", root).textContent = root.open ? "" : String(++fresh);
}

/** The server says again what it has kept: a new connection begins with an empty list. */
export function forget() {
  fresh = 0;
  find(".messages ol").replaceChildren();
}

export function messages() {
  const root = find(".messages");
  root.ontoggle = () => {
    fresh = 0;
    root.classList.remove("fresh");
    find(".count", root).textContent = "";
  };
}
