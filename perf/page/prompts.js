// The prompts: a text, a weight and a side of the mask each. Those that say or weigh something are shown, and those that were added.

import { armer, groupArmer } from "./automation.js";
import { control, field, titled } from "./controls.js";
import { find, icon, make } from "./make.js";

export function prompts(nodes, desk) {
  const numbers = [...new Set(nodes.map((node) => node.FULL_PATH.match(/^\/prompt\/(\d+)\/(?:text|weight|region)$/)?.[1]).filter(Boolean))];
  const by = new Map(nodes.map((node) => [node.FULL_PATH, node]));
  const cards = numbers.map((n) => card(n, by, desk)).filter(Boolean);
  const add = find(".prompts .add");
  const show = () => {
    cards.forEach((c, i) => (c.element.hidden = i > 0 && !c.wanted()));
    add.hidden = cards.every((c) => !c.element.hidden);
  };
  add.replaceChildren(icon("plus"), "Add a prompt");
  add.onclick = () => {
    const next = cards.find((c) => c.element.hidden);
    next.added = true;
    show();
    next.focus();
  };
  for (const c of cards) c.changed = show;
  find(".prompts .list").replaceChildren(...cards.map((c) => c.element));
  find(".prompts h2 .arm")?.remove();
  find(".prompts h2").append(groupArmer(desk, "prompt", nodes));
  const others = nodes.filter((node) => !/^\/prompt\/\d+\/(text|weight|region)$/.test(node.FULL_PATH)).map((node) => [node, control(node, desk)]);
  find(".prompts .foot").replaceChildren(add, ...others.map(([, c]) => c.element));
  show();
  return new Map([...cards.flatMap((c) => c.controls), ...others.map(([node, c]) => [node.FULL_PATH, c])]);
}

function card(n, by, desk) {
  const [words, weight, region] = ["text", "weight", "region"].map((part) => by.get(`/prompt/${n}/${part}`));
  if (!words || !weight || !region) return null;
  const state = { text: words.VALUE[0], weight: weight.VALUE[0], added: false, changed() {} };
  const spec = { node: words, desk, label: `prompt ${n}`, address: words.FULL_PATH };
  const writing = field({ ...spec, hint: n === "1" ? "What is to be seen?" : "and what else?", multi: true });
  writing.element.addEventListener("input", () => { // also words that were not sent when a new tree came
    state.added = true;
    state.changed();
  });
  const own = { ...desk, set: (address, value) => (weigh(value), desk.set(address, value)) };
  const balance = control(weight, own, "weight"), side = control(region, desk, "mask");
  const close = make("button.drop", { type: "button", ariaLabel: `prompt ${n}: clear it` }, icon("close"));
  const auto = make("button.auto", { type: "button", ariaLabel: `prompt ${n} text: give back to the timeline`, title: "auto: give back to the timeline" }, icon("auto"));
  auto.onclick = () => desk.auto(words.FULL_PATH);
  const line = make("div.control.words", { title: titled(words) }, make("b.n", n), writing.element, close, armer({ desk, address: words.FULL_PATH, label: `prompt ${n} text` }), auto);
  line.dataset.address = words.FULL_PATH;
  const element = make("article.prompt", line, balance.element, side.element);
  const weigh = (value) => {
    state.weight = value;
    element.classList.toggle("silent", !value);
    element.classList.toggle("against", value < 0);
    state.changed();
  };
  close.onclick = () => {
    desk.set(words.FULL_PATH, "");
    desk.set(weight.FULL_PATH, weight.DEFAULT[0]);
    balance.set(weight.DEFAULT[0]);
    writing.set("");
    writing.element.value = "";
    Object.assign(state, { text: "", added: false });
    weigh(weight.DEFAULT[0]);
  };
  element.classList.toggle("silent", !state.weight);
  element.classList.toggle("against", state.weight < 0);
  const text = { set: (value) => ((state.text = value), writing.set(value), state.changed()), hold: (held) => line.classList.toggle("held", held) };
  const both = { set: (value) => (weigh(value), balance.set(value)), hold: balance.hold };
  return Object.assign(state, {
    element,
    wanted: () => state.added || Boolean(state.text) || state.weight !== weight.DEFAULT[0],
    focus: () => writing.element.focus(),
    controls: [[words.FULL_PATH, text], [weight.FULL_PATH, both], [region.FULL_PATH, side]],
  });
}
