// Recording onto the timeline: the record button and its undo, and a button on each parameter that arms it.

import { find, icon, make } from "./make.js";

const RECORD = "/automation/record";
let chosen = new Set(); // addresses that are armed

/** Whether what a hand does to a node can be written. */
export const recordable = (node) => node.ACCESS === 3 && node.KIND !== "trigger" && !node.FULL_PATH.startsWith("/automation/") && node.FULL_PATH !== "/transport/tempo";

/** The button that arms a parameter; it is shown while arming, and red while the parameter is armed. */
export function armer({ desk, address, label }) {
  const button = make("button.arm", { type: "button", ariaLabel: `${label}: arm for recording` }, icon("record", true));
  button.title = "arm: record what is done to this";
  button.onclick = () => arm(desk, address, !chosen.has(address));
  return button;
}

/** The same for a group with these nodes. */
export function groupArmer(desk, name, nodes) {
  const button = armer({ desk, address: `/${name}`, label: name });
  button.onclick = (event) => {
    event.preventDefault();
    arm(desk, `/${name}`, !nodes.some((node) => chosen.has(node.FULL_PATH)));
  };
  return button;
}

const arm = (desk, address, on) => desk.say("/automation/arm", ["s", address], [on ? "T" : "F"]);

/** The buttons beside the transport, and what the show says of them. */
export function recording(desk, table) {
  const record = find(".record"), arming = find(".arming"), undo = find(".undo"), mode = find(".mode");
  record.append(icon("record", true));
  undo.append(icon("undo"));
  record.onclick = () => {
    const on = record.ariaPressed !== "true";
    desk.show(RECORD, on);
    desk.set(RECORD, on);
  };
  arming.onclick = () => (arming.ariaPressed = String(document.body.classList.toggle("is-arming")));
  undo.onclick = () => desk.say("/automation/undo");
  table.set(RECORD, (on) => {
    record.ariaPressed = String(Boolean(on));
    document.body.classList.toggle("is-recording", Boolean(on));
  });
  table.set("/automation/mode", (name) => (mode.textContent = name));
  table.set("/status/automation/armed", (words) => {
    chosen = mark(words, "armed");
    find("b", arming).textContent = chosen.size || "";
  });
  table.set("/status/automation/writing", (words) => record.classList.toggle("writing", mark(words, "writing").size > 0));
  table.set("/status/automation/undo", (count) => (undo.disabled = !count));
}

/** Mark the rows of addresses, and the groups that they are in. */
function mark(words, name) {
  const addresses = new Set(String(words).split(" ").filter(Boolean));
  for (const row of document.querySelectorAll("[data-address]")) row.classList.toggle(name, addresses.has(row.dataset.address));
  for (const root of document.querySelectorAll(".group, .prompts")) root.classList.toggle(name, root.querySelector(`[data-address].${name}`) !== null);
  return addresses;
}
