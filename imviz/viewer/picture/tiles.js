// What the browser has of a viewer's images: the tiles received, the looks, the tables of colours, the wishes.
//
// One store serves all views of a viewer. It keeps as many tiles as its budget allows, those used last; it asks the
// kernel for what the views lack, the newest list replacing the one before, and says when a handful has come.

import { colourTable, valuesOf } from "./stretch.js";

const BUDGET = 192e6; // bytes of tiles, their colours included
const ASK = 25; // milliseconds between two requests
const MOST_ASKED = 96; // tiles: what is lacking beyond them is asked for as they come

export class TileStore {
  constructor(model) {
    Object.assign(this, { model, tiles: new Map(), bytes: 0, views: new Set(), tables: new Map(), tick: 0 });
    this.received = 0; // bytes, for tests
    this.override = null;
    model.on("msg:custom", (message, buffers) => this.hear(message, buffers));
    model.on("change:layers change:colormaps change:meshes", () => this.refresh());
    this.refresh();
    model.send({ type: "hello" });
  }

  /** Hold nothing and ask for nothing any more: the viewer is closed. */
  end() {
    this.ended = true;
    clearTimeout(this.asking);
    for (const tile of [...this.tiles.values()]) this.forget(tile);
    this.tables.clear();
  }

  /** Layers as they are now, each with its table of colours and its mesh made ready. */
  refresh() {
    const [maps, meshes] = [this.model.get("colormaps"), this.model.get("meshes")];
    const before = new Map((this.layers ?? []).map((layer) => [layer.id, layer]));
    this.layers = this.model.get("layers").map((layer) => ({ ...layer, place: placeOf(layer, meshes[layer.id], before.get(layer.id)) }));
    this.maps = maps;
    const known = new Map(this.layers.map(({ id, version }) => [id, version]));
    for (const tile of [...this.tiles.values()]) if (known.get(tile.layer) !== tile.version) this.forget(tile);
    for (const id of [...this.tables.keys()]) if (!known.has(id)) this.tables.delete(id);
    this.override = null;
    this.repaint();
  }

  /** Show a layer with another contrast and bias at once, until the kernel has said what it is. */
  adjust(label, changes) {
    this.override = { label, ...changes };
    this.repaint();
  }

  /** Draw two layers by a clip or an opacity of their own and no others (comparison.js); null: as they are. */
  compare(looks) {
    this.compared = looks;
    this.repaint();
  }

  /** The layers in the order they are drawn. */
  get drawn() {
    const first = (layer) => (this.compared?.[layer.label]?.first ? 0 : 1);
    return this.compared ? [...this.layers].sort((a, b) => first(a) - first(b)) : this.layers;
  }

  repaint() {
    for (const view of this.views) view.soon();
  }

  look(layer) {
    const { label, ...changes } = this.override ?? {};
    const look = label === layer.label ? { ...layer, colours: { ...layer.colours, ...changes } } : layer;
    if (!this.compared) return look;
    const part = this.compared[layer.label];
    return part ? { ...look, visible: true, blend: "normal", ...part } : { ...look, visible: false };
  }

  /** The table of colours of a layer: {colours, key}. */
  table(layer) {
    const { colours, table, coding } = this.look(layer);
    const key = JSON.stringify([colours, table, coding]);
    let known = this.tables.get(layer.id);
    if (known?.key === key) return known;
    const codes = JSON.stringify(coding);
    const values = known?.codes === codes ? known.values : valuesOf(coding);
    const shades = bytesOf(this.maps[table]);
    known = { key, codes, values, colours: colourTable(colours, values, shades) };
    this.tables.set(layer.id, known);
    return known;
  }

  // ---- tiles

  key({ id, version }, level, row, column) {
    return `${id}.${version}/${level}/${row}/${column}`;
  }

  get(layer, level, row, column) {
    const tile = this.tiles.get(this.key(layer, level, row, column));
    if (tile) tile.used = ++this.tick;
    return tile;
  }

  hear(message, buffers) {
    if (message.type === "tiles") {
      this.received += buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (!message.tiles.some(({ packed }) => packed)) return this.takeAll(message, buffers);
      Promise.all(message.tiles.map((tile, n) => (tile.packed ? unpacked(buffers[n]) : buffers[n]))).then((all) => this.takeAll(message, all));
      return;
    } else if (message.type === "refined") {
      for (const tile of this.tiles.values()) if (tile.layer === message.layer && !tile.exact) tile.stale = true;
    } else return;
    this.repaint();
  }

  takeAll({ tiles, handful }, buffers) {
    if (this.ended) return; // while they were unpacked
    tiles.forEach((tile, n) => this.take(tile, buffers[n]));
    this.model.send({ type: "got", handful });
    this.evict();
    this.repaint();
  }

  take(header, buffer) {
    const layer = this.layers.find(({ id, version }) => id === header.layer && version === header.version);
    if (!layer) return;
    const key = this.key(layer, header.level, header.row, header.column);
    const old = this.tiles.get(key);
    if (old) this.forget(old);
    const bytes = bytesOf(buffer);
    const codes = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const tile = { ...header, key, codes, used: ++this.tick, size: 5 * codes.byteLength }; // codes, and colours twice: canvas.js
    this.tiles.set(key, tile);
    this.bytes += tile.size;
  }

  forget(tile) {
    this.tiles.delete(tile.key);
    this.bytes -= tile.size;
    tile.release?.();
  }

  evict() {
    if (this.bytes <= BUDGET) return;
    const oldest = [...this.tiles.values()].sort((a, b) => a.used - b.used);
    while (this.bytes > 0.85 * BUDGET && oldest.length) this.forget(oldest.shift());
  }

  // ---- wishes

  /** Whether a tile is still to be had: it may have come since the view was painted. */
  lacks([id, version, ...place]) {
    const tile = this.tiles.get(this.key({ id, version }, ...place));
    return !tile || tile.stale;
  }

  /** Ask for what the views lack, most urgent first; soon, and not more often than every `ASK`. */
  ask() {
    if (this.ended) return;
    this.asking ??= setTimeout(() => {
      this.asking = null;
      const wanted = new Map();
      for (const view of this.views) for (const wish of view.wishes) if (this.lacks(wish)) wanted.set(wish.join(), wish);
      const list = [...wanted.values()].slice(0, MOST_ASKED);
      const text = JSON.stringify(list);
      const now = performance.now();
      if (!list.length || (text === this.asked && now - this.askedAt < 4000)) return;
      [this.asked, this.askedAt] = [text, now];
      this.model.send({ type: "want", tiles: list, unpacks: "DecompressionStream" in window });
    }, ASK);
  }
}

const bytesOf = (data) => (data instanceof DataView ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data));

/** The codes of a packed tile: a zlib stream of all high bytes and then all low ones (link.py). */
async function unpacked(buffer) {
  const stream = new Blob([bytesOf(buffer)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const half = bytes.length / 2;
  const codes = new Uint16Array(half);
  for (let n = 0; n < half; n++) codes[n] = (bytes[n] << 8) | bytes[half + n];
  return codes.buffer;
}

// ---- where an image lies in the view

/** Edges of an image's pixels are counted from 0 at its lower left corner; the view counts pixel centres. */
const IDENTITY = { at: (x, y) => [x - 0.5, y - 0.5], scale: 1 };

/** A function from an image's pixel edges to the view's pixels, and how large a pixel of the image is there. */
export function placeOf(layer, mesh, before) {
  if (!mesh) return IDENTITY;
  if (before?.place?.mesh === mesh) return before.place;
  const [rows, columns] = mesh.cells;
  const bytes = bytesOf(mesh.nodes);
  const nodes = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const at = (x, y) => {
    const [u, v] = [(x / layer.columns) * columns, (y / layer.rows) * rows];
    const [i, j] = [Math.min(Math.max(Math.floor(u), 0), columns - 1), Math.min(Math.max(Math.floor(v), 0), rows - 1)];
    const [s, t] = [u - i, v - j];
    const n = 2 * (j * (columns + 1) + i);
    const m = n + 2 * (columns + 1);
    const mix = (k) => (nodes[n + k] * (1 - s) + nodes[n + 2 + k] * s) * (1 - t) + (nodes[m + k] * (1 - s) + nodes[m + 2 + k] * s) * t;
    return [mix(0), mix(1)];
  };
  return { mesh, at, scale: typicalScale(layer, at) };
}

/** The middle of how long a pixel of an image is in the view, at places all over it. */
function typicalScale(layer, at) {
  const lengths = [];
  for (let i = 0.5; i < 8; i++)
    for (let j = 0.5; j < 8; j++) {
      const [x, y] = [(layer.columns * i) / 8, (layer.rows * j) / 8];
      const [[x0, y0], [x1, y1], [x2, y2]] = [at(x, y), at(x + 1, y), at(x, y + 1)];
      const area = Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0));
      if (Number.isFinite(area)) lengths.push(Math.sqrt(area));
    }
  return lengths.sort((a, b) => a - b)[lengths.length >> 1] || 1;
}
