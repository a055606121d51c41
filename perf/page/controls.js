// A control for each node of the tree, by its KIND. A control shows what it is told and says what the hand does.

import { armer, recordable } from "./automation.js";
import { fader, Scale } from "./fader.js";
import { icon, make } from "./make.js";

const SEGMENTS = matchMedia("(max-width: 600px)").matches ? 16 : 30; // letters of all choices shown side by side

export const titled = (node) =>
  [node.DESCRIPTION, node.FULL_PATH, range(node)].filter(Boolean).join("\n");

function range(node) {
  const { MIN, MAX } = node.RANGE?.[0] ?? {};
  return MIN === undefined ? "" : `${MIN} … ${MAX}${node.SYMBOL ? " " + node.SYMBOL : ""}`;
}

/**
 * A node's control: {element, set(value), hold(held)}. `desk`: set(address, value), say(address, …), auto(address),
 * info(node). `name` is what is written on it.
 */
export function control(node, desk, name = node.FULL_PATH.split("/").pop()) {
  const spec = { node, desk, name, label: `${node.FULL_PATH.slice(1).replaceAll("/", " ")}`, address: node.FULL_PATH };
  const made = node.ACCESS === 1 ? reading(spec) : (BY_KIND[node.KIND] ?? texts)(spec);
  const row = make(`div.control.is-${node.KIND}`, { title: titled(node) }, made.element);
  row.dataset.address = node.FULL_PATH;
  if (recordable(node)) row.append(armer(spec));
  if (node.ACCESS === 3) row.append(givingBack(spec));
  for (const event of ["pointerenter", "pointerdown", "focusin"]) row.addEventListener(event, () => desk.info(node));
  return { element: row, set: made.set, hold: (held) => row.classList.toggle("held", held) };
}

/** The button that gives a parameter back to the timeline; it is lit while a hand holds it. */
function givingBack({ desk, address, label }) {
  const button = make("button.auto", { type: "button", ariaLabel: `${label}: give back to the timeline` }, icon("auto"));
  button.title = "auto: give back to the timeline";
  button.onclick = () => desk.auto(address);
  return button;
}

function numbers({ node, desk, name, label, address }) {
  const { MIN: min, MAX: max } = node.RANGE[0];
  const scale = new Scale({ min, max, warp: node.WARP, whole: node.KIND === "int" });
  const sent = node.ACCESS === 2; // a seek, a nudge: nothing to show but what was sent
  const fallback = sent ? undefined : node.DEFAULT[0];
  const made = fader({ name, label, unit: node.SYMBOL, scale, fallback, initial: node.VALUE?.[0] ?? scale.clamp(0) }, {
    input: (value) => desk.set(address, value),
    reset: () => {
      if (sent) return;
      made.set(fallback);
      desk.set(address, fallback);
    },
  });
  return made;
}

function switches({ node, desk, name, label, address }) {
  const button = make("button.switch", { type: "button", role: "switch", ariaLabel: label }, make("span.name", name), make("i.knob"));
  const set = (on) => (button.ariaChecked = String(Boolean(on)));
  button.onclick = () => {
    const on = button.ariaChecked !== "true";
    set(on);
    desk.set(address, on);
  };
  set(node.VALUE?.[0]);
  return { element: button, set };
}

function triggers({ desk, name, label, address }) {
  const button = make("button.trigger", { type: "button", ariaLabel: label }, make("span.name", name));
  button.onclick = () => {
    desk.say(address);
    button.animate([{ backgroundColor: "var(--hand)", color: "var(--ink)" }, {}], 350);
  };
  return { element: button, set() {} };
}

function choices(spec) {
  const values = spec.node.RANGE[0].VALS;
  return values.length <= 4 && values.join("").length <= SEGMENTS ? segments(spec, values) : menu(spec, values);
}

function segments({ node, desk, name, label, address }, values) {
  const buttons = values.map((value) => make("button", { type: "button", role: "radio" }, value));
  const group = make("div.segments", { role: "radiogroup", ariaLabel: label }, ...buttons);
  const set = (value) => buttons.forEach((button, i) => {
    button.ariaChecked = String(values[i] === value);
    button.tabIndex = values[i] === value || (!i && !values.includes(value)) ? 0 : -1;
  });
  const choose = (i) => {
    set(values[i]);
    desk.set(address, values[i]);
  };
  buttons.forEach((button, i) => (button.onclick = () => choose(i)));
  group.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = (buttons.indexOf(document.activeElement) + by + values.length) % values.length;
    choose(next);
    buttons[next].focus();
  };
  set(node.VALUE?.[0]);
  return { element: make("div.choice", make("span.name", name), group), set };
}

function menu({ node, desk, name, label, address }, values) {
  const select = make("select", { ariaLabel: label }, ...values.map((value) => make("option", { value }, value)));
  select.value = node.VALUE?.[0];
  select.onchange = () => desk.set(address, select.value);
  return { element: make("label.choice", make("span.name", name), select), set: (value) => (select.value = value) };
}

/** A text field: Enter or leaving it sends, Escape takes back. `multi` grows with its text. */
export function field({ node, desk, label, address, hint = "", multi = false }) {
  const input = make(multi ? "textarea" : "input", { ariaLabel: label, placeholder: hint, spellcheck: false });
  input.setAttribute("enterkeyhint", "send");
  input.autocomplete = "off";
  if (multi) input.rows = 1;
  let known = String(node.VALUE?.[0] ?? "");
  const changed = () => input.classList.toggle("unsent", input.value !== known);
  const set = (value) => {
    const untouched = input.value === known;
    known = String(value);
    if (document.activeElement !== input || untouched) input.value = known;
    changed();
  };
  const send = () => {
    if (node.ACCESS === 3 && input.value === known) return;
    known = node.ACCESS === 3 ? input.value : "";
    if (node.ACCESS === 3) desk.set(address, input.value);
    else desk.say(address, ["s", input.value]);
    input.value = known;
    changed();
  };
  input.value = known;
  input.oninput = changed;
  input.onchange = () => node.ACCESS === 3 && send();
  input.onkeydown = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") {
      input.value = known;
      changed();
      input.blur();
    }
  };
  return { element: input, set };
}

function texts(spec) {
  const made = field(spec);
  return { element: make("label.texts", make("span.name", spec.name), made.element), set: made.set };
}

const hex = (part) => Math.round(Math.min(Math.max(part, 0), 1) * 255).toString(16).padStart(2, "0");

function colours({ node, desk, name, label, address }) {
  let value = [...(node.VALUE ?? [0, 0, 0, 1])];
  const picker = make("input", { type: "color", ariaLabel: label });
  const swatch = make("i.swatch");
  const words = make("span.number");
  const alpha = fader({ name: "alpha", label: `${label} alpha`, scale: new Scale({ min: 0, max: 1 }), fallback: node.DEFAULT[3], initial: value[3] }, {
    input: (a) => play([value[0], value[1], value[2], a]),
    reset: () => play([...node.DEFAULT]),
  });
  const draw = () => {
    picker.value = "#" + value.slice(0, 3).map(hex).join("");
    words.textContent = picker.value;
    swatch.style.setProperty("--colour", `rgb(${value.slice(0, 3).map((c) => c * 255).join(" ")} / ${value[3]})`);
    alpha.set(value[3]);
  };
  const play = (next) => {
    value = next;
    draw();
    desk.set(address, value);
  };
  picker.oninput = () => play([1, 3, 5].map((i) => parseInt(picker.value.slice(i, i + 2), 16) / 255).concat(value[3]));
  const set = (next) => {
    if (!Array.isArray(next)) return;
    value = next;
    draw();
  };
  draw();
  const top = make("label.pick", make("span.name", name), words, swatch, picker);
  return { element: make("div.colours", top, alpha.element), set };
}

function points({ node, desk, name, label, address }) {
  const [x, y] = node.RANGE.map(({ MIN, MAX }) => new Scale({ min: MIN, max: MAX }));
  let value = [...(node.VALUE ?? [x.clamp(0), y.clamp(0)])], drag = null, missed;
  const dot = make("i.dot"), words = make("span.number");
  const pad = make("div.pad", { tabIndex: 0, role: "group", ariaLabel: `${label}: arrow keys move it` }, dot, make("span.name", name), words);
  const draw = () => {
    pad.style.setProperty("--x", x.of(value[0]));
    pad.style.setProperty("--y", 1 - y.of(value[1]));
    words.textContent = `${x.words(value[0])}  ${y.words(value[1])}`;
  };
  const play = (next) => {
    value = [x.clamp(next[0]), y.clamp(next[1])];
    missed = undefined;
    draw();
    desk.set(address, value);
  };
  const shift = (dx, dy) => play([x.at(x.of(value[0]) + dx), y.at(y.of(value[1]) + dy)]);
  pad.onpointerdown = (event) => {
    pad.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, y: event.clientY };
    pad.classList.add("dragging");
  };
  pad.onpointermove = (event) => {
    if (!drag) return;
    const fine = event.shiftKey ? 0.1 : 1;
    shift(((event.clientX - drag.x) / pad.clientWidth) * fine, (-(event.clientY - drag.y) / pad.clientHeight) * fine);
    drag = { x: event.clientX, y: event.clientY };
  };
  pad.onpointerup = pad.onpointercancel = () => {
    drag = null;
    pad.classList.remove("dragging");
    if (missed) set(missed);
  };
  pad.ondblclick = () => node.DEFAULT && play([...node.DEFAULT]);
  pad.onkeydown = (event) => {
    const by = { ArrowRight: [0.01, 0], ArrowLeft: [-0.01, 0], ArrowUp: [0, 0.01], ArrowDown: [0, -0.01] }[event.key];
    if (!by) return;
    event.preventDefault();
    shift(...by);
  };
  function set(next) {
    if (!Array.isArray(next)) return;
    if (drag) return void (missed = next);
    value = next;
    draw();
  }
  draw();
  return { element: pad, set };
}

function reading({ node, name }) {
  const words = make("output.number");
  const set = (value) => {
    const number = typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : value ?? "–";
    words.textContent = String(number) + (node.SYMBOL ? ` ${node.SYMBOL}` : "");
  };
  set(node.VALUE?.[0]);
  return { element: make("div.reading", make("span.name", name), words), set };
}

const BY_KIND = { float: numbers, int: numbers, bool: switches, choice: choices, text: texts, colour: colours, point: points, trigger: triggers };
