// The vector layers of a viewer: what the kernel has sent, drawn over the picture, and what is pointed at.
//
// A layer comes once, as binary numbers in the view's pixels; panning and zooming is done here. A click on a
// point of a layer that can be picked tells the kernel which one; the ring around what is picked or
// pointed at is drawn on a canvas of its own, so that the layers need not be painted anew for it.

import { numbers } from "../page/buffers.js";
import { PointGrid } from "./grid.js";
import { Labels, boundsOf, colorOf, drawPaths, drawPoints, highlight, sizeOf } from "./marks.js";
import { Painter } from "../page/painter.js";
import { listen, onFigure } from "../page/surface.js";

const NEAR = 7; // screen pixels from a point that are still on it
const CLICK_ROOM = 3; // screen pixels: less is a click, not a drag
const TYPES = { which: Uint16Array, sizes: Float32Array, starts: Uint32Array, selected: Uint32Array };
const LABELLED = 600; // points in view up to which their labels may be shown

class Vectors {
  constructor(model, surface) {
    Object.assign(this, { model, surface, layers: new Map(), pointed: null, pressed: null });
    this.painter = new Painter(surface, (...to) => this.paint(...to));
    this.marks = new Painter(surface, (...to) => this.paintMarks(...to));
    this.tip = document.createElement("div");
    this.tip.className = "imviz-point-tip";
    this.tip.hidden = true;
    surface.figure.appendChild(this.tip);
    surface.figure.imvizPointUnder = (at) => this.under(at);
    this.heard = (message, buffers) => this.hear(message, buffers);
    model.on("msg:custom", this.heard);
    this.undo = listen(
      surface.figure,
      {
        pointerdown: (event) => (this.pressed = event.button === 0 ? surface.at(event) : null),
        pointermove: (event) => this.point(event),
        pointerup: (event) => this.release(event),
        pointerleave: (event) => event.target === surface.figure && this.show(null), // not a child's
        "imviz-box": (event) => this.pickBox(event.detail),
      },
      { capture: true }
    );
    model.send({ type: "ready" });
  }

  end() {
    this.undo();
    this.painter.end();
    this.marks.end();
    this.tip.remove();
    delete this.surface.figure.imvizPointUnder;
    this.model.off("msg:custom", this.heard);
  }

  // ---- what the kernel says

  hear(message, buffers) {
    if (message.type === "layer") this.layers.set(message.name, this.received(message, buffers));
    else if (message.type === "remove") this.layers.delete(message.name);
    else if (message.type === "select") {
      const layer = this.layers.get(message.name);
      if (layer) layer.selected = numbers(buffers[0], Uint32Array);
      return this.marks.refresh();
    } else return;
    this.show(null);
    this.painter.refresh();
    this.marks.refresh();
  }

  received(message, buffers) {
    const layer = { ...message, selected: [] };
    message.arrays.forEach((name, n) => (layer[name] = numbers(buffers[n], TYPES[name] ?? Float64Array)));
    if (layer.kind === "points") {
      layer.grid = new PointGrid(layer.x, layer.y);
      layer.largest = layer.sizes ? layer.sizes.reduce((a, b) => Math.max(a, b), 0) : layer.size;
      layer.typical = layer.sizes ? layer.sizes.reduce((a, b) => a + b, 0) / (layer.sizes.length || 1) : layer.size;
    } else layer.bounds = boundsOf(layer);
    return layer;
  }

  // ---- drawing

  paint(context, view, ratio) {
    const texts = [];
    for (const layer of this.layers.values()) {
      if (layer.kind === "paths") {
        drawPaths(context, view, layer);
        layer.labels.forEach((text, n) => texts.push([layer, text, n, this.labelAt(layer, n)]));
      } else {
        const found = drawPoints(context, view, ratio, layer);
        if (layer.labels.length && found.length <= LABELLED)
          for (const i of found) texts.push([layer, layer.labels[i], i, i]);
      }
    }
    const labels = new Labels(context);
    for (const [layer, text, n, i] of texts) {
      const up = layer.kind === "points" ? sizeOf(layer, i) / 2 + 4 : -4;
      const [x, y] = [(layer.x[i] - view.x0) * view.sx, (view.y1 - layer.y[i]) * view.sy - up];
      if (x > 0 && y > 0 && x < view.width && y < view.height) labels.write(text, x, y, colorOf(layer, n));
    }
  }

  labelAt({ starts, label_at: at }, n) {
    const last = Math.max(starts[n + 1] - 1, starts[n]);
    return at === "start" ? starts[n] : at === "end" ? last : (starts[n] + last) >> 1;
  }

  paintMarks(context, view) {
    for (const layer of this.layers.values())
      if (layer.kind === "points") highlight(context, view, layer, layer.selected);
    if (this.pointed) highlight(context, view, this.pointed.layer, [this.pointed.index]);
  }

  // ---- the hand

  /** The point under a screen position, of the upper-most layer that can be picked: {layer, index} or null. */
  under(at) {
    const { surface } = this;
    if (!surface.ready || !["pan", "select"].includes(surface.tool) || surface.figure.classList.contains("imviz-hand")) return null;
    for (const layer of [...this.layers.values()].reverse()) {
      if (!layer.pickable) continue;
      const reach = Math.max(NEAR, layer.typical / 2 + 1) * surface.perPixel();
      const found = layer.grid.nearest(surface.toImage(at), reach);
      if (found) return { layer, index: found.index };
    }
    return null;
  }

  point(event) {
    const at = event.buttons ? null : this.surface.at(event);
    this.show(at && this.under(at), at);
  }

  /** Show what is pointed at. */
  show(found, at) {
    const same = found?.index === this.pointed?.index && found?.layer === this.pointed?.layer;
    if (same) return;
    this.pointed = found;
    this.surface.figure.classList.toggle("imviz-pointing", Boolean(found));
    const text = found?.layer.labels[found.index];
    this.tip.hidden = !text;
    if (text) {
      this.tip.textContent = text;
      Object.assign(this.tip.style, { left: `${this.surface.left + at.x + 12}px`, top: `${this.surface.top + at.y + 14}px` });
    }
    this.marks.refresh();
  }

  release(event) {
    const { pressed } = this;
    this.pressed = null;
    const at = this.surface.at(event);
    if (!pressed || event.button !== 0 || Math.hypot(at.x - pressed.x, at.y - pressed.y) >= CLICK_ROOM) return;
    const found = this.under(at);
    if (!found) return;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    this.model.send({ type: "pick", layer: found.layer.name, index: found.index, more });
  }

  /** Points in a box that was drawn to select: all of the upper-most layer that has some there. */
  pickBox({ box, more }) {
    for (const layer of [...this.layers.values()].reverse()) {
      const found = layer.pickable ? layer.grid.inside(box) : [];
      if (!found.length) continue;
      this.model.send({ type: "pick", layer: layer.name, more }, {}, [new Uint32Array(found).buffer]);
      return;
    }
  }
}

export default onFigure((model, surface) => new Vectors(model, surface));
