// Elements in one line: make("div.row", {title: "…"}, child, "words").

export function make(what, ...parts) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const part of parts) {
    if (part == null) continue;
    if (part instanceof Node || typeof part === "string") element.append(part);
    else Object.assign(element, part);
  }
  return element;
}

const SHAPES = {
  auto: "M4 12a8 8 0 1 1 2.6 5.9M4 19v-5h5",
  play: "M7 4.5v15l12-7.5z",
  stop: "M6 6h12v12H6z",
  record: "M12 5.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
  next: "M5 5v14l9-7zM17 5v14",
  back: "M14 6l-6 6 6 6",
  forth: "M10 6l6 6-6 6",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20.5 20.5",
};

/** A line drawing of 24 × 24. */
export function icon(name, solid = false) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  svg.classList.toggle("solid", solid);
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export const find = (selector, root = document) => root.querySelector(selector);
