// The mouse that draws, selects, moves and edits regions, by what is pressed where. Its keys are region_keys.js,
// a polygon under its clicks is polygon_in_hand.js.
//
// A drag changes the picture here at once; one message tells the kernel on release, and the kernel's answer
// replaces what the hand left. It listens in the capture phase and marks what it takes (event.imvizTaken), so
// that it never reaches the hand that moves the view.

import { boxOf, covers, moved, outlineDistance, withPoints } from "./geometry.js";
import { drawn, dropped, simplified, withoutVertex } from "./handles.js";
import { LiveShape } from "./live_shape.js";
import { PolygonInHand } from "./polygon_in_hand.js";
import { Keys } from "./keys.js";
import { RubberBand } from "../motion/rubber_band.js";
import { listen } from "../page/surface.js";

const CLICK = 3; // screen pixels: less is a click, not a drag
const GRAB = 6; // screen pixels from an outline that are still on it
const LOOSE = 100; // regions in view up to which one may be dragged by its outline without a click before
const STEP = 2; // screen pixels between the points of a line drawn freely
const DRAGGED = ["circle", "ellipse", "rectangle", "annulus", "ellipse-annulus", "rectangle-annulus", "line"];
const DROPPED = ["point", "pixel"];

export class Hand {
  constructor(overlay) {
    const { model, surface } = overlay;
    Object.assign(this, { overlay, model, surface, gesture: null, pointer: null });
    this.band = new RubberBand(surface);
    this.live = new LiveShape(model);
    this.polygon = new PolygonInHand(overlay);
    this.keys = new Keys(this);
    this.untool = surface.onTool(() => this.drop());
    this.undo = listen(
      surface.figure,
      {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.drag(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => this.drop(),
        pointerleave: (event) => event.target === surface.figure && (this.pointer = null), // not a child's
        dblclick: (event) => this.twice(event),
      },
      { capture: true }
    );
  }

  end() {
    this.drop();
    this.undo();
    this.keys.end();
    this.untool();
  }

  get tool() {
    return this.surface.tool;
  }

  /** Whether a region is in the hand, so that older news must not move it. */
  holds(label) {
    return Boolean(this.gesture?.shapes?.has(label) || this.keys.nudged?.shapes.has(label));
  }

  /** The kernel has spoken: a shape it has made a region of needs no sketch any more. */
  heardShapes() {
    if (!this.gesture && !this.polygon.corners) this.overlay.draft = null;
  }

  // ---- what a press means

  intent(event, at) {
    const { overlay, surface } = this;
    if (event.button !== 0 || surface.figure.classList.contains("imviz-hand")) return null;
    if (this.tool === "contrast") return null; // contrast.js's, over regions too
    if (event.target.classList.contains("imviz-handle")) return { kind: "edit", handle: Number(event.target.dataset.n) };
    const draws = [...DRAGGED, ...DROPPED, "polygon", "freehand"].includes(this.tool);
    const forced = event.altKey || this.model.get("combining") || this.polygon.corners; // may lie on the selected one
    const entry = draws && forced ? null : this.grabbed(at);
    if (entry && !event.shiftKey) return { kind: "move", label: entry.label };
    if (draws) return { kind: "draw" };
    const box = this.tool === "select" || (this.tool === "pan" && event.shiftKey);
    return box ? { kind: "box", more: event.shiftKey } : null;
  }

  /** The entry that a press at a screen point takes hold of, or null. */
  grabbed(at) {
    const { overlay, surface } = this;
    const point = surface.toImage(at);
    const on = (entry) => outlineDistance(entry.live, point) <= GRAB * surface.perPixel();
    const near = overlay.near(at, GRAB).filter((entry) => !entry.locked && !entry.live.immovable);
    const held = near.filter((entry) => overlay.chosen.has(entry.label));
    const found = held.find((entry) => covers(entry.live, point) || on(entry));
    if (found) return found;
    const { x, y } = surface.limits();
    return overlay.index.touching({ x, y }).length <= LOOSE ? near.find(on) ?? null : null;
  }

  // ---- the mouse

  press(event) {
    const { overlay, surface } = this;
    if (this.gesture || !surface.ready || event.button !== 0) return;
    this.keys.flush();
    const from = surface.at(event);
    const intent = this.intent(event, from);
    this.clicked = from; // a press and release in place selects, whatever else it may do
    if (!intent) return;
    event.imvizTaken = true;
    event.preventDefault();
    surface.figure.focus({ preventScroll: true });
    surface.figure.setPointerCapture(event.pointerId);
    if (intent.kind === "move" && !overlay.chosen.has(intent.label)) overlay.select([intent.label]);
    const grip = overlay.grips[intent.handle];
    const at = grip ? surface.toScreen(grip.at) : from; // a handle keeps its distance from the mouse
    const slip = { x: at.x - from.x, y: at.y - from.y };
    const taken = /edit|move/.test(intent.kind) ? overlay.selectedEntries.filter((entry) => !entry.locked) : [];
    const shapes = new Map(taken.map((entry) => [entry.label, entry.live]));
    this.gesture = { ...intent, from, slip, grip, shapes, id: event.pointerId, line: [from] };
  }

  drag(event) {
    const { gesture, surface } = this;
    const at = surface.at(event);
    this.pointer = at;
    if (!gesture) return this.hover(event, at);
    if (event.pointerId !== gesture.id) return;
    if (!gesture.moved && Math.hypot(at.x - gesture.from.x, at.y - gesture.from.y) < CLICK) return;
    gesture.moved = true;
    if (gesture.kind === "box") this.band.draw(gesture.from, at);
    else if (gesture.kind === "draw") this.draw(gesture, at, event.shiftKey);
    else if (gesture.kind === "move") this.shift(gesture.shapes, surface.toImage(gesture.from), surface.toImage(at));
    else this.edit(gesture, at, event.shiftKey);
    this.tellLive(gesture);
  }

  /** Tell the kernel of the one shape in the hand, if it has an inside. */
  tellLive({ kind, live, shapes }) {
    const [label] = shapes.keys();
    const shape = kind === "draw" ? live : shapes.size === 1 ? this.overlay.drawn.get(label)?.live : null;
    if (shape && !/line|point|pixel/.test(shape.kind)) this.live.tell(label ?? null, shape);
  }

  draw(gesture, at, even) {
    const { surface, overlay } = this;
    if (DRAGGED.includes(this.tool))
      gesture.live = drawn(this.tool, surface.toImage(gesture.from), surface.toImage(at), even);
    else if (this.tool === "freehand") {
      const last = gesture.line[gesture.line.length - 1];
      if (Math.hypot(at.x - last.x, at.y - last.y) >= STEP) gesture.line.push(at);
      const points = gesture.line.map((point) => surface.toImage(point)).map(({ x, y }) => [x, y]);
      gesture.live = points.length > 2 ? withPoints({ kind: "polygon" }, simplified(points, 0.5 * surface.perPixel())) : null;
    } else return;
    overlay.sketch(gesture.live);
  }

  shift(shapes, from, to) {
    const { overlay } = this;
    for (const [label, shape] of shapes) {
      const entry = overlay.drawn.get(label);
      entry.live = moved(shape, to.x - from.x, to.y - from.y);
      overlay.place(entry);
    }
    overlay.held.refresh();
    overlay.placeHandles();
  }

  edit(gesture, at, even) {
    const { surface, overlay } = this;
    const point = surface.toImage({ x: at.x + gesture.slip.x, y: at.y + gesture.slip.y });
    for (const [label, shape] of gesture.shapes)
      overlay.show(overlay.drawn.get(label), gesture.grip.drag(shape, point, even, surface.perPixel()));
  }

  release(event) {
    const { gesture, surface, clicked } = this;
    const at = surface.at(event);
    this.clicked = null;
    if (event.button === 0 && clicked && !gesture?.moved && Math.hypot(at.x - clicked.x, at.y - clicked.y) < CLICK) {
      this.gesture = null;
      this.click(event, at, gesture);
    } else if (gesture && gesture.id === event.pointerId) {
      this.drag(event); // the release is where the mouse is now
      this.gesture = null;
      this.live.forget();
      this.finish(gesture, at);
    }
  }

  finish(gesture, at) {
    if (gesture.kind === "box") this.selectBox(gesture, at);
    else if (gesture.kind !== "draw") this.tell(gesture.shapes);
    else if (gesture.live) this.model.send({ type: "draw", shape: gesture.live });
  }

  /** Tell the kernel how the shapes it knows have become. */
  tell(shapes) {
    const changed = [...shapes.keys()].map((label) => this.overlay.drawn.get(label)).filter(Boolean);
    const told = changed.map(({ label, live }) => ({ label, shape: live }));
    if (told.length) this.model.send({ type: "update", shapes: told });
  }

  click(event, at, gesture) {
    const { overlay, surface } = this;
    if (gesture?.kind === "edit") return event.altKey && this.cutVertex(gesture);
    if (gesture?.kind === "draw" && this.tool === "polygon") return this.polygon.add(at);
    if (gesture?.kind === "draw" && DROPPED.includes(this.tool))
      return this.model.send({ type: "draw", shape: dropped(this.tool, surface.toImage(at)) });
    if (surface.figure.imvizPointUnder?.(at)) return; // a click on a point of a catalog picks that
    const label = overlay.under(at, GRAB)?.label;
    const more = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!more) return overlay.select(label ? [label] : []);
    if (!label) return;
    const others = overlay.selected.filter((other) => other !== label);
    overlay.select(others.length < overlay.selected.length ? others : [...others, label]);
  }

  hover(event, at) {
    if (this.polygon.corners) this.polygon.sketch(at);
    const handle = event.target.classList?.contains("imviz-handle");
    const grabs = !event.buttons && !this.polygon.corners && this.surface.ready && !handle && this.grabbed(at);
    this.surface.figure.classList.toggle("imviz-grabs", Boolean(grabs));
  }

  // ---- a box around regions and points

  /** Select what has its middle in the box; points of catalogs are told the same by an event. */
  selectBox({ from, more }, to) {
    const { overlay, surface } = this;
    this.band.drop();
    const box = this.band.limits(from, to);
    const found = overlay.index.touching(box).filter((label) => {
      const [x0, x1, y0, y1] = boxOf(overlay.drawn.get(label).live);
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      return x >= box.x[0] && x <= box.x[1] && y >= box.y[0] && y <= box.y[1];
    });
    overlay.select(more ? [...new Set([...overlay.selected, ...found])] : found);
    surface.figure.dispatchEvent(new CustomEvent("imviz-box", { detail: { box, more } }));
  }

  cutVertex({ shapes, grip }) {
    for (const [label, shape] of shapes) {
      const cut = grip.vertex === undefined ? null : withoutVertex(shape, grip.vertex);
      if (!cut) continue;
      this.overlay.show(this.overlay.drawn.get(label), cut);
      this.tell(shapes);
    }
  }

  twice(event) {
    if (this.tool === "pan" || this.tool === "box-zoom") return;
    event.imvizTaken = true;
    this.polygon.twice();
  }

  // ---- giving up

  /** Give up what is under way. */
  drop() {
    const shapes = this.gesture?.shapes ?? [];
    this.gesture = this.clicked = null;
    this.polygon.corners = null;
    this.band.drop();
    this.overlay.draft = null;
    for (const [label] of shapes) {
      const entry = this.overlay.drawn.get(label);
      if (entry) this.overlay.show(entry, entry.shape);
    }
    this.overlay.held.refresh();
  }
}
