// The page is an OSCQuery client: it asks for the tree, draws a control for each node, listens to all and sends values.

import { groupArmer, recordable, recording } from "./automation.js";
import { control } from "./controls.js";
import { Line, Link } from "./link.js";
import { find, icon, make } from "./make.js";
import { prompts } from "./prompts.js";
import { cues, forget, master, messages, picture, preview, say, shown, transport } from "./stage.js";

const OPEN = ["sampler", "source", "camera", "layer", "shader", "mask"]; // the groups that are open at first
const ORDER = ["sampler", "source", "layer", "shader", "mask", "camera"]; // then what the tree has, then these:
const BEHIND = ["master", "transport", "cue", "midi", "patch", "status"];
const GATHER = 150; // ms in which several changes of the tree count as one
const BUSY = ".dragging, .entry"; // a hand is on one of the controls, or types a number

let controls = new Map(); // address -> control
let held = new Set();
let lightCue = () => {};
let redraw, drawing = 0;

const table = shown();
const info = find(".info");
const desk = {
  set: (address, value) => {
    table.get(address)?.(value); // the other controls of the same parameter
    link.set(address, value);
  },
  show: (address, value) => controls.get(address)?.set(value),
  say: (address, ...args) => link.say(address, ...args),
  auto: (address) => link.auto(address),
  info: (node) => {
    const { MIN, MAX } = node.RANGE?.[0] ?? {};
    const range = MIN === undefined ? "" : `${MIN} … ${MAX} ${node.SYMBOL ?? ""}`;
    [node.FULL_PATH, node.DESCRIPTION ?? "", range].forEach((words, i) => (info.children[i].textContent = words));
    info.classList.add("shown");
  },
};

const link = new Link({
  open: () => connected("connected", true),
  close: () => connected("connection lost, trying again", false),
  changed: later,
  value: (address, value) => {
    controls.get(address)?.set(value);
    table.get(address)?.(value);
  },
});

async function connected(words, yes) {
  find("header .line span").textContent = words;
  document.title = yes ? "Retrograde" : "○ Retrograde";
  if (!yes) find(".entry")?.blur(); // so that it holds up nothing when the line is back
  if (yes) await draw();
  document.body.classList.toggle("offline", !yes);
}

/** Every node with a TYPE, in the tree's order. */
function leaves(node) {
  const below = Object.values(node.CONTENTS ?? {}).flatMap(leaves);
  return node.TYPE ? [node, ...below] : below;
}

/** Draw anew when the changes have come to an end, and no control is taken out of a hand. */
function later() {
  clearTimeout(redraw);
  redraw = setTimeout(() => (find(BUSY) ? later() : draw()), GATHER);
}

async function draw() {
  const mine = ++drawing;
  let tree;
  try {
    tree = await link.tree();
  } catch (error) {
    return say("page", `the parameters could not be read: ${error.message}`);
  }
  if (mine !== drawing) return; // a newer tree is under way
  if (find(BUSY)) return later(); // a hand has come since it was asked for
  const nodes = leaves(tree), drafts = [focused(), ...unsent()];
  const groups = Map.groupBy?.(nodes, first) ?? grouped(nodes);
  controls = prompts(groups.get("prompt") ?? [], desk);
  groups.delete("prompt");
  const rank = (name) => (BEHIND.includes(name) ? 200 + BEHIND.indexOf(name) : ORDER.includes(name) ? ORDER.indexOf(name) : 100);
  const sorted = [...groups].sort(([a], [b]) => rank(a) - rank(b));
  find(".groups").replaceChildren(...sorted.map(([name, members]) => group(name, members)));
  lightCue = cues(nodes.find((node) => node.FULL_PATH === "/cue/go")?.RANGE?.[0]?.VALS ?? [], desk);
  for (const node of nodes) if (node.VALUE) table.get(node.FULL_PATH)?.(node.VALUE[0]);
  link.listen(nodes);
  holding([...held]);
  search();
  for (const draft of drafts) draft();
}

/** A function that leads the keys back to the control that they were on. */
function focused() {
  const { activeElement } = document, address = activeElement?.closest("[data-address]")?.dataset.address;
  const where = `[data-address="${CSS.escape(address ?? "")}"] ${activeElement?.localName}`;
  return () => address && find(where)?.focus({ preventScroll: true });
}

/** What was typed and not sent, each as a function that puts it into the control that its parameter has now. */
function unsent() {
  return [...document.querySelectorAll("[data-address] .unsent")].map((field) => {
    const { address } = field.closest("[data-address]").dataset;
    const { value, selectionStart } = field, writing = field === document.activeElement;
    field.onchange = null; // to be taken away is not to be left
    return () => {
      const now = find(`[data-address="${CSS.escape(address)}"] :is(input, textarea)`);
      if (!now) return;
      now.value = value;
      now.dispatchEvent(new Event("input"));
      if (!writing) return;
      now.focus({ preventScroll: true });
      now.setSelectionRange(selectionStart, selectionStart);
    };
  });
}

const first = (node) => node.FULL_PATH.split("/")[1];

function grouped(nodes) {
  const groups = new Map();
  for (const node of nodes) groups.set(first(node), [...(groups.get(first(node)) ?? []), node]);
  return groups;
}

function group(name, nodes) {
  const release = make("button.auto", { type: "button", ariaLabel: `${name}: give all back to the timeline`, title: "auto: give the whole group back" }, icon("auto"));
  const summary = make("summary", make("h2", name), make("small", String(nodes.length)), ...(nodes.some(recordable) ? [groupArmer(desk, name, nodes)] : []), release);
  const body = make("div.grid");
  const root = make("details.group", summary, body);
  root.dataset.name = name;
  let under = "";
  for (const node of nodes) {
    const parts = node.FULL_PATH.split("/").slice(2);
    const made = control(node, desk, parts.slice(parts.length > 1 ? 1 : 0).join(" "));
    controls.set(node.FULL_PATH, made);
    if (parts.length > 1 && parts[0] !== under) body.append(make("h3", `${name} ${(under = parts[0])}`));
    made.element.dataset.words = `${node.FULL_PATH} ${node.DESCRIPTION ?? ""}`.toLowerCase();
    body.append(made.element);
  }
  release.onclick = (event) => {
    event.preventDefault();
    for (const node of nodes) if (held.has(node.FULL_PATH)) desk.auto(node.FULL_PATH);
  };
  root.open = remembered(name) ?? OPEN.includes(name);
  root.ontoggle = () => !find(".search input").value && remember(name, root.open);
  return root;
}

function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(`open ${name}`));
  } catch {
    return null;
  }
}

function remember(name, open) {
  try {
    localStorage.setItem(`open ${name}`, open);
  } catch { /* a private window keeps nothing */ }
}

/** Show which parameters a hand holds. */
function holding(addresses) {
  held = new Set(addresses);
  for (const [address, made] of controls) made.hold(held.has(address));
  for (const root of document.querySelectorAll(".group")) {
    root.classList.toggle("held", addresses.some((address) => address.startsWith(`/${root.dataset.name}/`)));
  }
  const release = find(".release");
  release.hidden = !held.size;
  release.replaceChildren(icon("auto"), `${held.size} held`);
}

function search() {
  const wanted = find(".search input").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let any = !wanted.length;
  for (const root of document.querySelectorAll(".group")) {
    let some = false;
    let title;
    for (const row of root.querySelectorAll("h3, .control")) {
      row.hidden = !wanted.every((word) => row.dataset.words?.includes(word)); // a title comes with what is found below it
      if (row.matches("h3")) title = row;
      else if (!row.hidden) some = true;
      if (!row.hidden && title) title.hidden = false;
    }
    root.hidden = !some;
    root.open = wanted.length ? some : remembered(root.dataset.name) ?? OPEN.includes(root.dataset.name);
    any ||= some;
  }
  find(".none").hidden = any;
}

find(".search label").prepend(icon("search"));
find(".search input").oninput = search;
find(".release").onclick = () => [...held].forEach((address) => desk.auto(address));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  find(".search input").focus();
});
document.addEventListener("pointerup", () => setTimeout(() => matchMedia("(hover: none)").matches && info.classList.remove("shown"), 1200));

const onStatus = transport(desk, table);
recording(desk, table);
master(desk, table);
messages();
picture();
preview(desk, table);
new Line("/status", {
  open: forget,
  message: (data) => {
    const { STATUS, MESSAGES, HELD } = JSON.parse(data);
    for (const [kind, words] of MESSAGES ?? []) say(kind, words);
    if (HELD) holding(HELD);
    if (!STATUS) return;
    for (const [name, value] of Object.entries(STATUS)) table.get(`/status/${name}`)?.(value);
    if (STATUS.patch) find(".patch").textContent = STATUS.patch;
    if (STATUS.cue) lightCue(STATUS.cue);
    onStatus(STATUS);
  },
});
