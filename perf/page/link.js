// The three lines to the server: values (OSCQuery), picture, status. Each is opened again for ever when it breaks.

import { decode, encode, typed } from "./osc.js";

const PAUSE = 16; // ms between two messages about one address; the last one always goes out
const AGAIN = [250, 500, 1000, 2000, 4000]; // ms before each new attempt
const UNDERWAY = 500; // ms in which what is set here has come into the tree that the server sends

const url = (path) => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;

/** A WebSocket that comes back. `on`: open, close, message. */
export class Line {
  constructor(path, on) {
    Object.assign(this, { path, on, attempts: 0, wanted: true });
    this.open();
  }

  open() {
    if (!this.wanted) return;
    const socket = (this.socket = new WebSocket(url(this.path)));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.attempts = 0;
      this.on.open?.();
    };
    socket.onmessage = (event) => this.on.message(event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.on.close?.();
      this.timer = setTimeout(() => this.open(), AGAIN[Math.min(this.attempts++, AGAIN.length - 1)]);
    };
  }

  get ready() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(data) {
    if (this.ready) this.socket.send(data);
  }

  /** Stop, or go on at once: a page that nobody sees asks for no pictures. */
  want(wanted) {
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    clearTimeout(this.timer);
    if (wanted) return this.open();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/** The OSCQuery client: the tree, values both ways. */
export class Link {
  constructor(on) {
    this.on = on;
    this.kinds = new Map();
    this.pending = new Map();
    this.recent = new Map(); // address -> what it was heard or set to last, and when
    this.line = new Line("/", {
      open: () => on.open(),
      close: () => {
        this.pending.clear();
        this.recent.clear();
        on.close();
      },
      message: (data) => (typeof data === "string" ? this.order(JSON.parse(data)) : this.values(data)),
    });
  }

  async tree() {
    this.asked = performance.now();
    const answer = await fetch("/?", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  }

  listen(nodes) {
    this.kinds = new Map(nodes.map((node) => [node.FULL_PATH, node.KIND]));
    for (const node of nodes) {
      if (node.ACCESS & 1) this.line.send(JSON.stringify({ COMMAND: "LISTEN", DATA: node.FULL_PATH }));
    }
    for (const [address, { value, at }] of this.recent) {
      if (at > this.asked - UNDERWAY) this.on.value(address, value); // newer than the tree, and not said again
    }
  }

  note(address, value) {
    this.recent.set(address, { value, at: performance.now() });
  }

  order({ COMMAND }) {
    if (COMMAND?.startsWith("PATH_")) this.on.changed();
  }

  values(data) {
    for (const { address, args } of decode(data)) {
      const value = args.length > 1 ? args : args[0];
      this.note(address, value);
      this.on.value(address, value);
    }
  }

  /** Send now what happens once: a trigger, a cue, a choice. */
  say(address, ...args) {
    this.line.send(encode(address, args));
  }

  /** Send a parameter's value, the newest at most every 16 ms. */
  set(address, value) {
    this.note(address, value);
    const args = typed(this.kinds.get(address), value);
    const waiting = this.pending.get(address);
    if (waiting) {
      waiting.args = args;
      return;
    }
    this.say(address, ...args);
    this.pending.set(address, {});
    setTimeout(() => this.flush(address), PAUSE);
  }

  flush(address) {
    const { args } = this.pending.get(address) ?? {};
    this.pending.delete(address);
    if (!args) return;
    this.say(address, ...args);
    this.pending.set(address, {});
    setTimeout(() => this.flush(address), PAUSE);
  }

  /** Give a parameter back to the timeline. */
  auto(address) {
    this.pending.delete(address);
    this.recent.delete(address);
    this.say(`${address}/auto`);
  }
}
