// The picture of one view: which tiles it needs, in what order they are drawn, when it is painted anew.
//
// It follows the figure's scales in the browser, so panning and zooming asks nothing of the kernel. Where a tile
// has not come yet, the part of a coarser one (or finer ones) that covers its place is drawn; nothing is ever blank
// once the first tile is there. The middle of the view comes first; what lies around it, when the view is at rest. How tiles
// get on the screen is the backend's: canvas.js or webgl.js.

import { makeBackend } from "./backends.js";
import { TileStore } from "./tiles.js";
import { listen, onFigure } from "../page/surface.js";

const MARGIN = 1 / 3; // of the view, fetched on each side before it is seen, when the view is at rest
const REST = 300; // milliseconds without a movement
const BACKDROP = 2; // tiles along the longer side of an image, that are there before any other
const MAX_RATIO = 2; // device pixels per CSS pixel that are worth drawing

class PictureView {
  constructor(store, surface) {
    Object.assign(this, { store, surface, wishes: [], frame: null, pause: null, painted: 0 });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "imviz-picture";
    surface.figure.querySelector(".svg-background").after(this.canvas);
    this.backend = makeBackend(store.model.get("backend"), this.canvas, store);
    this.stop = surface.onChange(() => this.soon(), () => this.soon());
    this.mute = listen(surface.figure, { "imviz-contrast": (event) => this.adjust(event.detail) }); // contrast.js
    surface.figure.imvizPicture = this;
    store.views.add(this);
    this.soon();
  }

  end() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.pause);
    this.stop();
    this.mute();
    this.backend.end();
    this.canvas.remove();
    this.store.views.delete(this);
    delete this.surface.figure.imvizPicture;
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  /** Show the top image with another contrast and bias before the kernel has heard of it. */
  adjust(changes) {
    const top = this.store.layers.filter(({ visible }) => visible).pop();
    if (top) this.store.adjust(top.label, changes);
  }

  /** Whether all that is seen is drawn from exact tiles of the right level. */
  get sharp() {
    return this.frame === null && this.lacking === 0;
  }

  /** Whether all that is around the view is there too. */
  get complete() {
    return this.sharp && this.pause === null && this.wishes.length === 0;
  }

  paint() {
    const { surface, canvas, backend } = this;
    if (!surface.ready) return;
    const ratio = Math.min(window.devicePixelRatio || 1, MAX_RATIO);
    const [columns, rows] = [Math.max(Math.round(surface.width * ratio), 1), Math.max(Math.round(surface.height * ratio), 1)];
    for (const side of ["left", "top", "width", "height"]) canvas.style[side] = `${surface[side]}px`;
    if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
    const { x, y } = surface.limits();
    const view = { x0: x[0], x1: x[1], y0: y[0], y1: y[1], sx: columns / (x[1] - x[0]), sy: rows / (y[1] - y[0]), columns, rows };
    const wishes = { urgent: [], later: this.resting(view) ? [] : null };
    backend.begin(view);
    for (const layer of this.store.drawn) {
      const look = this.store.look(layer);
      if (!look.visible || !(look.opacity > 0)) continue;
      const parts = this.parts(layer, view, wishes);
      backend.layer(look, this.store.table(layer), parts, view);
    }
    backend.finish();
    this.lacking = wishes.urgent.length;
    this.wishes = [wishes.urgent, wishes.later ?? []].flatMap((list) => list.sort((a, b) => a.far - b.far).map(({ wish }) => wish));
    if (this.wishes.length) this.store.ask();
    this.painted += 1;
    canvas.dataset.painted = this.painted;
    canvas.dataset.lacking = this.lacking;
  }

  /** Whether the view has not moved for a while; when it has not, it is painted once more. */
  resting({ x0, x1, y0, y1, columns, rows }) {
    const place = [x0, x1, y0, y1, columns, rows].join();
    if (place !== this.place) {
      this.place = place;
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        this.pause = null;
        this.soon();
      }, REST);
    }
    return this.pause === null;
  }

  /** What to draw of a layer: [{tile, x: [from, to], y: [from, to]}] in pixel edges of the image. */
  parts(layer, view, { urgent, later }) {
    const perPixel = 1 / (Math.min(view.sx, view.sy) * layer.place.scale); // image pixels per device pixel
    const level = Math.min(Math.max(Math.round(Math.log2(perPixel)), 0), layer.levels - 1);
    const base = Math.max(level, Math.ceil(Math.log2(Math.max(layer.rows, layer.columns) / layer.tile / BACKDROP)));
    const top = Math.min(base, layer.levels - 1);
    const margin = later ? MARGIN : 0;
    const [wx, wy] = [(view.x1 - view.x0) * margin, (view.y1 - view.y0) * margin];
    const near = { x0: view.x0 - wx, x1: view.x1 + wx, y0: view.y0 - wy, y1: view.y1 + wy };
    const found = [];
    const wish = (list, far, ...place) => list.push({ wish: [layer.id, layer.version, ...place], far });
    const visit = (at, row, column) => {
      const box = this.box(layer, at, row, column);
      if (!box || !meets(box, near)) return;
      const seen = meets(box, view);
      const tile = this.store.get(layer, at, row, column);
      if (at === top && !tile && seen) wish(urgent, -1, at, row, column); // the backdrop comes first
      if (at > level) {
        for (const [r, c] of [[2 * row, 2 * column], [2 * row, 2 * column + 1], [2 * row + 1, 2 * column], [2 * row + 1, 2 * column + 1]])
          if (r * layer.tile << (at - 1) < layer.rows && c * layer.tile << (at - 1) < layer.columns) visit(at - 1, r, c);
        return;
      }
      if (seen) found.push(...this.covering(layer, at, row, column, tile));
      if ((!tile || tile.stale) && !(at === top && seen && !tile)) wish(seen ? urgent : later, awayFrom(view, box), at, row, column);
    };
    const side = layer.tile * 2 ** top;
    for (let row = 0; row * side < layer.rows; row++) for (let column = 0; column * side < layer.columns; column++) visit(top, row, column);
    return found;
  }

  /** The tile at a place or, while it has not come, what there is of coarser or finer ones. */
  covering(layer, level, row, column, tile) {
    const edges = edgesOf(layer, level, row, column);
    if (tile) return [{ tile, ...edges }];
    for (let up = 1; level + up < layer.levels; up++) {
      const coarser = this.store.get(layer, level + up, row >> up, column >> up);
      if (coarser) return [{ tile: coarser, ...edges }];
    }
    if (level === 0) return [];
    const finer = [];
    for (const r of [2 * row, 2 * row + 1])
      for (const c of [2 * column, 2 * column + 1]) {
        const one = this.store.get(layer, level - 1, r, c);
        if (one) finer.push({ tile: one, ...edgesOf(layer, level - 1, r, c) });
      }
    return finer;
  }

  /** The rectangle of the view that a tile lies in, or null. */
  box(layer, level, row, column) {
    const { x, y } = edgesOf(layer, level, row, column);
    const { place } = layer;
    if (!place.mesh) {
      const [[x0, y0], [x1, y1]] = [place.at(x[0], y[0]), place.at(x[1], y[1])];
      return { x0, x1, y0, y1 };
    }
    const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
    for (let i = 0; i <= 4; i++)
      for (let j = 0; j <= 4; j++) {
        const [px, py] = place.at(x[0] + ((x[1] - x[0]) * i) / 4, y[0] + ((y[1] - y[0]) * j) / 4);
        if (!Number.isFinite(px + py)) continue;
        box.x0 = Math.min(box.x0, px);
        box.x1 = Math.max(box.x1, px);
        box.y0 = Math.min(box.y0, py);
        box.y1 = Math.max(box.y1, py);
      }
    if (!(box.x1 >= box.x0)) return null;
    const room = 0.05 * Math.max(box.x1 - box.x0, box.y1 - box.y0); // for what bends between the points tried
    return { x0: box.x0 - room, x1: box.x1 + room, y0: box.y0 - room, y1: box.y1 + room };
  }
}

/** How far the middle of a box is from that of a view, squared, in views. */
const awayFrom = (view, box) =>
  ((box.x0 + box.x1 - view.x0 - view.x1) / (view.x1 - view.x0)) ** 2 + ((box.y0 + box.y1 - view.y0 - view.y1) / (view.y1 - view.y0)) ** 2;

const meets = (a, b) => a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;

/** The pixel edges of the image that a tile stands for. */
function edgesOf(layer, level, row, column) {
  const side = layer.tile * 2 ** level;
  return {
    x: [column * side, Math.min((column + 1) * side, layer.columns)],
    y: [row * side, Math.min((row + 1) * side, layer.rows)],
  };
}

// By the scale a picture follows: anywidget hands `initialize` and `render` different faces of one model.
const stores = new Map();

export default {
  initialize({ model }) {
    const [name, store] = [model.get("scale_x"), new TileStore(model)];
    stores.set(name, store);
    return () => {
      store.end();
      if (stores.get(name) === store) stores.delete(name);
    };
  },
  ...onFigure((model, surface) => new PictureView(stores.get(model.get("scale_x")), surface)),
};
