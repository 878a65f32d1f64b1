// All regions of a viewer, drawn over its picture: what the kernel says, and what is on the screen.
//
// The kernel sends shapes when they change, and only those: {type: "shapes", all?, set, remove, packed};
// a new view asks for all of them. Outlines are painted on two canvases, the selected ones on a canvas of
// their own, so that editing one of ten thousand paints one. Only handles are elements of the page. Shapes
// keep their numbers as float64 all the way. What the mouse and the keys do is region_gestures.js.

import { BoxIndex } from "./boxes.js";
import { numbers } from "../page/buffers.js";
import { boxOf, covers, crown, outlineDistance, simpleParts } from "./geometry.js";
import { Hand } from "./gestures.js";
import { handles } from "./handles.js";
import { Labels } from "../vectors/marks.js";
import { fillCovers, strokeAll, traceShape } from "./outlines.js";
import { Painter } from "../page/painter.js";
import { onFigure } from "../page/surface.js";

const GRIP = 4.5; // half the size of a handle
const SMALL = 16; // a handle nearer than this to the middle is moved outwards
const REACH = 22; // how far above a shape its turning handle is
const NAMED = 250; // regions in view up to which their names are shown
const GUIDES = { aperture: "#ff9800", background: "#42a5f5" };

class Overlay {
  constructor(model, surface) {
    Object.assign(this, { model, surface, drawn: new Map(), index: new BoxIndex(), guides: [], grips: [], draft: null });
    this.rest = new Painter(surface, (...to) => this.paintRest(...to));
    this.held = new Painter(surface, (...to) => this.paintHeld(...to));
    this.svg = make("svg", { class: "imviz-regions" });
    this.handles = make("g", { class: "imviz-handles" }, this.svg);
    surface.figure.appendChild(this.svg);
    this.heard = (message, buffers) => this.hear(message, buffers);
    this.reselect = () => this.dress();
    model.on("msg:custom", this.heard);
    model.on("change:selected", this.reselect);
    this.hand = new Hand(this);
    this.stop = surface.onChange(() => this.placeHandles(), () => this.placeHandles());
    this.dress();
    model.send({ type: "ready" });
  }

  end() {
    this.stop();
    this.hand.end();
    this.rest.end();
    this.held.end();
    this.model.off("msg:custom", this.heard);
    this.model.off("change:selected", this.reselect);
    this.svg.remove();
  }

  // ---- what the kernel says

  hear(message, buffers) {
    if (message.type === "lived") return this.hand.live.next();
    if (message.type === "selected") return this.answered(message.n);
    if (message.type === "guides") {
      this.guides = message.guides.flatMap(({ shape, style }) => simpleParts(shape).map((live) => ({ live, style })));
      return this.held.refresh();
    }
    if (message.type !== "shapes") return;
    if (message.all) for (const label of [...this.drawn.keys()]) this.remove(label);
    message.remove.forEach((label) => this.remove(label));
    message.set.forEach((entry) => this.set(entry));
    message.packed?.forEach((pack, n) => shapesOf(pack, buffers[n]).forEach((entry) => this.set(entry)));
    this.hand.heardShapes();
    this.svg.dataset.count = this.drawn.size;
    const held = [...message.set.map(({ label }) => label), ...message.remove].every((label) => this.chosen.has(label));
    if (message.all || message.packed?.length || !held) this.rest.refresh();
    this.dress();
  }

  set(entry) {
    const old = this.drawn.get(entry.label);
    this.drawn.set(entry.label, entry);
    entry.live = old && this.hand.holds(entry.label) ? old.live : entry.shape;
    this.place(entry);
  }

  remove(label) {
    this.drawn.delete(label);
    this.index.delete(label);
    if (this.hand.holds(label)) this.hand.drop();
  }

  /** Show an entry with another shape than the kernel has, while the hand is at it. */
  show(entry, live) {
    entry.live = live;
    this.place(entry);
    this.held.refresh();
    this.placeHandles();
  }

  place(entry) {
    if (entry.hidden) this.index.delete(entry.label);
    else this.index.set(entry.label, boxOf(entry.live));
  }

  // ---- what is selected

  /** Labels: the kernel's, but what the hand has just selected until the kernel has heard of it. */
  get selected() {
    return this.wanted?.labels ?? this.model.get("selected");
  }

  /** Entries of the selected regions that are drawn. */
  get selectedEntries() {
    return this.selected.map((label) => this.drawn.get(label)).filter((entry) => entry && !entry.hidden);
  }

  select(labels) {
    this.wanted = { labels, n: Math.random() };
    this.model.send({ type: "select", ...this.wanted });
    this.dress();
  }

  /** The kernel's selection is ours again, or newer. */
  answered(n) {
    if (n === this.wanted?.n) this.wanted = null;
    this.dress();
  }

  /** Show which regions are selected. */
  dress() {
    const before = this.chosen ?? new Set();
    this.chosen = new Set(this.selected);
    const same = before.size === this.chosen.size && [...before].every((label) => this.chosen.has(label));
    if (!same) this.rest.refresh();
    this.held.refresh();
    this.placeHandles();
  }

  // ---- drawing

  paintRest(context, view, ratio) {
    const found = this.index.touching(view.box(8)).filter((label) => !this.chosen.has(label));
    const entries = found.map((label) => this.drawn.get(label));
    fillCovers(context, view, ratio, entries);
    strokeAll(context, view, entries, false);
    if (entries.length <= NAMED) this.writeNames(context, view, entries);
  }

  paintHeld(context, view, ratio) {
    context.setLineDash([6, 4]);
    for (const { live, style } of this.guides) {
      Object.assign(context, { strokeStyle: GUIDES[style] ?? "#fff", lineWidth: 1.5 });
      context.beginPath();
      traceShape(context, view, live);
      context.stroke();
    }
    const entries = this.selectedEntries;
    fillCovers(context, view, ratio, entries);
    strokeAll(context, view, entries, true);
    if (entries.length <= NAMED) this.writeNames(context, view, entries, "700");
    if (!this.draft) return;
    Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 });
    context.setLineDash([4, 3]);
    context.beginPath();
    traceShape(context, view, this.draft);
    context.stroke();
  }

  writeNames(context, view, entries, weight = "500") {
    const labels = new Labels(context);
    const above = weight === "500" ? 6 : 10; // clear of the handle
    context.font = context.font.replace(/^\w+/, weight);
    for (const { live, label, color, opacity } of entries) {
      const top = crown(live);
      context.globalAlpha = opacity;
      labels.write(label, (top.x - view.x0) * view.sx, (view.y1 - top.y) * view.sy - above, color);
    }
    context.globalAlpha = 1;
  }

  /** The outline of a shape being drawn, until the kernel has made a region of it. */
  sketch(shape) {
    this.draft = shape;
    this.held.refresh();
  }

  // ---- handles

  placeHandles() {
    const { surface } = this;
    if (!surface.ready) return;
    for (const side of ["left", "top", "width", "height"]) this.svg.style[side] = `${surface[side]}px`;
    const [entry, more] = this.selectedEntries;
    const found = entry && !more && !entry.locked ? handles(entry.live, REACH * surface.perPixel()) : [];
    while (this.handles.childNodes.length > found.length) this.handles.lastChild.remove();
    while (this.handles.childNodes.length < found.length)
      make("rect", { class: "imviz-handle", width: 2 * GRIP, height: 2 * GRIP }, this.handles);
    found.forEach((handle, n) => {
      const node = this.handles.childNodes[n];
      const { x, y } = this.beside(handle.at, entry.live);
      const half = handle.adds ? GRIP * 0.7 : GRIP;
      for (const [name, value] of Object.entries({ x: x - half, y: y - half, width: 2 * half, height: 2 * half }))
        node.setAttribute(name, value);
      node.setAttribute("rx", handle.rotates || handle.adds ? GRIP : 1);
      node.classList.toggle("imviz-adds", Boolean(handle.adds));
      node.dataset.n = n;
    });
    this.grips = found;
  }

  /** Where on the screen a handle goes: off the outline of a shape so small that they would hide it. */
  beside(at, shape) {
    const [middle, point] = [this.surface.toScreen(shape), this.surface.toScreen(at)];
    const [dx, dy] = [point.x - middle.x, point.y - middle.y];
    const reach = Math.hypot(dx, dy);
    const away = /annulus|line|polygon/.test(shape.kind) || !reach ? 0 : (Math.max(0, SMALL - reach) * 0.8) / reach;
    return { x: point.x + dx * away, y: point.y + dy * away };
  }

  // ---- finding

  /** Entries whose box is within some screen pixels of a screen point. */
  near(point, room) {
    const { x, y } = this.surface.toImage(point);
    const reach = room * this.surface.perPixel();
    const found = this.index.touching({ x: [x - reach, x + reach], y: [y - reach, y + reach] });
    return found.map((label) => this.drawn.get(label));
  }

  /** The smallest region that covers a screen point or has its outline within some screen pixels of it. */
  under(point, room) {
    const at = this.surface.toImage(point);
    const reach = room * this.surface.perPixel();
    let [best, least] = [null, Infinity];
    for (const entry of this.near(point, room)) {
      const { live } = entry;
      const [x0, x1, y0, y1] = boxOf(live);
      const size = live.kind === "line" ? 0 : (x1 - x0) * (y1 - y0);
      if (size < least && (covers(live, at) || outlineDistance(live, at) <= reach)) [best, least] = [entry, size];
    }
    return best;
  }
}

/** The entries in a pack of shapes of one kind: {kind, fields, label: [...], color: [...], ...} and their numbers. */
function shapesOf({ kind, fields, ...told }, buffer) {
  const values = numbers(buffer, Float64Array);
  return told.label.map((_, n) => {
    const shape = { kind };
    fields.forEach((field, m) => (shape[field] = values[n * fields.length + m]));
    return { shape, ...Object.fromEntries(Object.entries(told).map(([name, list]) => [name, list[n]])) };
  });
}

function make(name, attributes, parent) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.appendChild(node);
  return node;
}

export default onFigure((model, surface) => new Overlay(model, surface));
