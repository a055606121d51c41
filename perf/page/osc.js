// OSC 1.0 packets to messages and back: as much of it as a parameter table needs. Opens no socket.

const text = new TextEncoder();
const letters = new TextDecoder();
const padded = (length) => (length + 4) & ~3; // a string is ended by one to four zeros

/** The arguments of a value: [tag, value] pairs as the node's KIND wants them. */
export function typed(kind, value) {
  switch (kind) {
    case "float": return [["f", value]];
    case "int": return [["i", Math.round(value)]];
    case "bool": return [[value ? "T" : "F"]];
    case "colour":
    case "point": return value.map((part) => ["f", part]);
    case "trigger": return [];
    default: return [["s", String(value)]];
  }
}

/** One message as bytes. */
export function encode(address, args = []) {
  const tags = "," + args.map(([tag]) => tag).join("");
  const strings = args.map(([tag, value]) => (tag === "s" ? text.encode(value.replaceAll("\0", "")) : null));
  const head = [text.encode(address), text.encode(tags)];
  const sizes = args.map(([tag], i) => (strings[i] ? padded(strings[i].length) : "fi".includes(tag) ? 4 : 0));
  const bytes = new Uint8Array(head.reduce((sum, h) => sum + padded(h.length), 0) + sizes.reduce((a, b) => a + b, 0));
  const view = new DataView(bytes.buffer);
  let place = 0;
  for (const part of head) {
    bytes.set(part, place);
    place += padded(part.length);
  }
  args.forEach(([tag, value], i) => {
    if (tag === "f") view.setFloat32(place, value);
    if (tag === "i") view.setInt32(place, value);
    if (strings[i]) bytes.set(strings[i], place);
    place += sizes[i];
  });
  return bytes;
}

/** The messages of a packet, as {address, args}; what cannot be read is left out. */
export function decode(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes[0] !== 0x23) return [message(bytes)].filter(Boolean);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let place = 16; place + 4 <= bytes.length;) {
    const size = view.getInt32(place);
    if (size <= 0 || place + 4 + size > bytes.length) break;
    found.push(...decode(bytes.slice(place + 4, place + 4 + size)));
    place += 4 + size;
  }
  return found;
}

function message(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let place = 0;
  const string = () => {
    const end = bytes.indexOf(0, place);
    const part = letters.decode(bytes.subarray(place, end < 0 ? bytes.length : end));
    place = end < 0 ? bytes.length : place + padded(end - place);
    return part;
  };
  const read = {
    f: () => view.getFloat32((place += 4) - 4),
    i: () => view.getInt32((place += 4) - 4),
    d: () => view.getFloat64((place += 8) - 8),
    h: () => Number(view.getBigInt64((place += 8) - 8)),
    s: string,
    T: () => true,
    F: () => false,
    N: () => null,
    I: () => true,
  };
  try {
    const address = string();
    const args = [...string().slice(1)].map((tag) => read[tag]());
    return { address, args };
  } catch {
    return null;
  }
}
