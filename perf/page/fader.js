// The fader: one bar that is label, slider and number. It never jumps when it is picked up: a drag is relative.

import { make } from "./make.js";

const SLOP = 4; // px a finger may tremble before it is a drag
const TWICE = 320; // ms between the taps of a double tap
const FINE = 0.1;
const HUGE = 2000; // a linear range wider than this is travelled by its fourth root: seeds are mostly small

/** Between places in 0…1 and values. */
export class Scale {
  constructor({ min, max, warp = "linear", whole = false }) {
    Object.assign(this, { min, max, whole });
    const span = max - min;
    if (warp === "exp" && min > 0) {
      this.value = (t) => min * (max / min) ** t;
      this.place = (v) => Math.log(v / min) / Math.log(max / min);
    } else if (span > HUGE && min === 0) {
      this.value = (t) => max * t ** 4;
      this.place = (v) => (v / max) ** 0.25;
    } else {
      this.value = (t) => min + span * t;
      this.place = (v) => (span ? (v - min) / span : 0);
    }
    this.origin = min < 0 && max > 0 ? -min / span : 0;
    const fine = Math.min(2 + Math.max(Math.floor(-Math.log10(span)), 0), 6); // a hundredth of a small range is seen, too
    this.digits = whole ? 0 : span > 20 && span <= HUGE ? 1 : fine;
  }

  at(t) {
    const value = this.value(Math.min(Math.max(t, 0), 1));
    return this.whole ? Math.round(value) : value;
  }

  of(value) {
    return Math.min(Math.max(this.place(value) || 0, 0), 1);
  }

  clamp(value) {
    const inside = Math.min(Math.max(value, this.min), this.max);
    return this.whole ? Math.round(inside) : inside;
  }

  words(value) {
    return value.toFixed(this.digits).replace(/^-(0(?:\.0+)?)$/, "$1").replace("-", "−");
  }
}

/**
 * A fader. `spec`: name, label, unit, scale, initial, fallback (what a double tap resets to).
 * `on.input(value)` for each move, `on.reset()` when it was double tapped.
 */
export function fader(spec, on) {
  const { scale } = spec;
  const fill = make("i.fill"), notch = make("i.notch"), edge = make("i.edge");
  const number = make("span.number"), unit = make("small.unit", spec.unit || "");
  unit.classList.toggle("long", spec.unit?.length > 4);
  const readout = make("button.readout", { type: "button", tabIndex: -1, ariaLabel: `${spec.label}: type a value` }, number, unit);
  const bar = make("div.fader", fill, notch, edge, make("span.name", spec.name), readout);
  Object.assign(bar, { tabIndex: 0, role: "slider", ariaLabel: spec.label, ariaValueMin: scale.min, ariaValueMax: scale.max });
  let value = spec.initial, dragging = null, missed, lastTap = 0, entry = null;

  function draw() {
    const t = scale.of(value), low = Math.min(t, scale.origin), high = Math.max(t, scale.origin);
    bar.style.setProperty("--low", low);
    bar.style.setProperty("--high", high);
    bar.style.setProperty("--at", t);
    bar.classList.toggle("negative", value < 0);
    number.textContent = scale.words(value);
    bar.ariaValueNow = value;
    bar.ariaValueText = `${scale.words(value)} ${spec.unit || ""}`.trim();
  }

  function play(next) {
    value = scale.clamp(next);
    missed = undefined;
    draw();
    on.input(value);
  }

  function down(event) {
    if (entry || (event.pointerType === "mouse" && event.button)) return;
    bar.setPointerCapture(event.pointerId);
    dragging = { id: event.pointerId, x: event.clientX, y: event.clientY, last: event.clientX, t: scale.of(value), moved: false };
    dragging.number = event.target.closest?.(".readout") !== null;
    on.hold?.();
  }

  function move(event) {
    if (event.pointerId !== dragging?.id) return;
    if (!dragging.moved && Math.abs(event.clientX - dragging.x) < SLOP) return;
    if (!dragging.moved) {
      dragging.moved = true;
      dragging.last = event.clientX;
      bar.classList.add("dragging");
    }
    const fine = event.shiftKey || Math.abs(event.clientY - dragging.y) > 90 ? FINE : 1;
    const before = dragging.t;
    dragging.t = Math.min(Math.max(before + ((event.clientX - dragging.last) / bar.clientWidth) * fine, 0), 1);
    dragging.last = event.clientX;
    if (dragging.t !== before) play(scale.at(dragging.t));
  }

  function up(event) {
    if (event.pointerId !== dragging?.id) return;
    const { moved, number: onNumber } = dragging;
    dragging = null;
    bar.classList.remove("dragging");
    if (missed !== undefined) set(missed);
    if (moved || event.type === "pointercancel") return;
    const now = performance.now();
    if (onNumber) return type();
    if (now - lastTap < TWICE) on.reset();
    lastTap = now;
  }

  function key(event) {
    if (entry || event.target !== bar) return;
    const step = scale.whole ? 1 / Math.max(scale.max - scale.min, 1) : event.shiftKey ? 0.001 : 0.01;
    const by = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step }[event.key];
    if (by) play(scale.at(scale.of(value) + by));
    else if (event.key === "Home") play(scale.min);
    else if (event.key === "End") play(scale.max);
    else if (event.key === "Backspace" || event.key === "Delete") on.reset();
    else if (event.key === "Enter") type();
    else return;
    event.preventDefault();
  }

  function type() {
    entry = make("input.entry", { type: "text", inputMode: "decimal", value: String(+value.toPrecision(6)), ariaLabel: spec.label });
    const done = (take) => {
      const typed = parseFloat(entry?.value.replace(",", ".").replace("−", "-"));
      const old = entry;
      entry = null;
      old?.remove();
      if (take && Number.isFinite(typed)) play(typed);
      bar.focus({ preventScroll: true });
    };
    entry.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(true);
      if (event.key === "Escape") done(false);
    };
    entry.onblur = () => entry && done(true);
    entry.onpointerdown = (event) => event.stopPropagation();
    bar.append(entry);
    entry.focus();
    entry.select();
  }

  function set(next) {
    if (typeof next !== "number") return;
    if (dragging) {
      missed = next;
      return;
    }
    missed = undefined;
    value = next;
    draw();
  }

  bar.addEventListener("pointerdown", down);
  bar.addEventListener("pointermove", move);
  bar.addEventListener("pointerup", up);
  bar.addEventListener("pointercancel", up);
  bar.addEventListener("keydown", key);
  if (spec.fallback === undefined) notch.remove();
  else bar.style.setProperty("--notch", scale.of(spec.fallback));
  draw();
  return { element: bar, set, get value() { return value; } };
}
