// The hand that moves the view: drag to pan, wheel to zoom about the cursor, a box to zoom into, keys.
//
// The view moves in the browser, by the figure's scale models; the kernel hears of it when it has come to rest
// (messages.js), and of the cursor's place; what the kernel asks to see is aim.js. Pixels stay square. Keys are
// view_keys.js. Drawing and editing regions is regions.js; what it takes in the capture phase of an event (event.imvizTaken) is not ours.

import { Aim, around, containing, middle } from "./aim.js";
import { Help } from "./help.js";
import { ViewHistory } from "./history.js";
import { Matching } from "./matching.js";
import { RubberBand } from "./rubber_band.js";
import { hear, isTyping, listen, onFigure } from "../page/surface.js";
import { Latest, Rest } from "../page/messages.js";
import { Pinch } from "./touch.js";
import { ViewKeys } from "./view_keys.js";

const MIN_SPAN = 2; // image pixels: no closer
const MAX_SPAN = 60; // times the whole image: no farther
const CURSORS = { pan: "grab", "box-zoom": "zoom-in" };

class Mouse {
  constructor(model, surface) {
    Object.assign(this, { model, surface, gesture: null, pointer: null });
    this.band = new RubberBand(surface);
    this.keys = new ViewKeys(this);
    this.rest = new Rest(surface.figure, () => this.rested());
    this.cursor = new Latest(model, "cursor", 40);
    this.history = new ViewHistory((limits) => this.show(limits), () => surface.limits());
    this.aim = new Aim(model);
    this.matching = new Matching(this);
    this.pinch = new Pinch(this);
    this.help = new Help(surface.figure, () => model.get("examining"));
    const { figure } = surface;
    figure.tabIndex = 0;
    figure.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes b, f and the arrows for itself
    this.undo = [
      listen(figure, {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.move(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => this.cancel(),
        pointerenter: () => this.enter(),
        pointerleave: (event) => event.pointerType === "touch" || this.leave(), // a tap's place stays told
        dblclick: (event) => event.imvizTaken || this.home(),
        keydown: (event) => this.keys.press(event),
        keyup: (event) => event.key === " " && this.hold(false),
        blur: () => this.hold(false),
      }),
      listen(figure, { wheel: (event) => this.wheel(event) }, { passive: false }),
      surface.onChange(() => this.changed(), () => this.resize()),
    ];
    const asked = { back: () => this.history.back(), help: () => this.help.toggle() };
    const retool = () => (surface.tool = model.get("tool"));
    retool();
    this.undo.push(
      hear(model, {
        "msg:custom": (message) => asked[message.type]?.(),
        "change:frame": () => this.history.forget(),
        "change:aim": () => this.obey(),
        "change:tool": retool,
      }),
      surface.onTool(() => this.dress())
    );
    this.dress();
    this.resize();
  }

  end() {
    this.undo.forEach((undo) => undo());
    this.cancel();
    for (const part of [this.history, this.matching, this.pinch]) part.end();
    this.help.close();
    this.rest.end();
    this.cursor.end();
  }

  // ---- the view

  /** The view is another, whoever moved it. */
  changed() {
    this.scale = this.surface.perPixel();
    if (this.at) this.at = this.surface.toImage(this.pointer); // what a key is about, though the mouse has not moved
    if (this.surface.ready) this.history.moved();
  }

  /** The hand shows limits: the kernel is told, and the other viewers follow. */
  show(limits, fitted = false) {
    this.aim.leave();
    this.put(limits, fitted);
    this.matching.moved();
  }

  /** Look where another viewer looks. */
  follow(centre, scale) {
    this.aim.leave();
    this.put(around(centre, scale, this.surface), false);
  }

  /** Put an image point under a screen point, at a scale. */
  pin(point, at, scale) {
    const { width, height } = this.surface;
    const bounded = Math.min(Math.max(scale, MIN_SPAN / Math.min(width, height)), this.widest());
    this.show(
      around({ x: point.x + (width / 2 - at.x) * bounded, y: point.y + (at.y - height / 2) * bounded }, bounded, this.surface)
    );
  }

  /** Image pixels per screen pixel at the farthest. */
  widest() {
    const home = this.model.get("home");
    const span = home ? MAX_SPAN * Math.max(home.x[1] - home.x[0], home.y[1] - home.y[0]) : 1e9;
    return span / Math.min(this.surface.width, this.surface.height);
  }

  put(limits, fitted) {
    const { surface } = this;
    if (!limits.x.concat(limits.y).every(Number.isFinite)) return;
    surface.show(limits);
    this.scale = surface.perPixel();
    this.model.set("fitted", fitted);
    this.rest.moved(this.gesture?.kind === "pan");
  }

  /** The view is at rest: the kernel hears where, and what the cursor is over now. */
  rested() {
    const { surface, model, pointer } = this;
    const { width, height } = surface;
    model.send({ type: "view", ...surface.limits(), width, height, fitted: model.get("fitted"), aim: this.aim.n });
    if (!pointer) return;
    const { x, y } = surface.toImage(pointer);
    const slip = this.told ? Math.hypot(x - this.told.x, y - this.told.y) : Infinity;
    if (slip > 0.01 * surface.perPixel()) this.point(pointer);
  }

  /** Something that the kernel does with the view as it is now. */
  tell(message) {
    this.rest.now();
    this.model.send(message);
  }

  home() {
    const box = this.model.get("home");
    if (this.surface.ready && box) this.show(containing(box, this.surface), true);
  }

  /** Zoom by a factor, keeping the image point under a screen point where it is. */
  zoom(factor, point) {
    this.pin(this.surface.toImage(point), point, this.surface.perPixel() / factor);
  }

  /** What the kernel asks for is shown, in this window; the kernel hears how large that is. */
  obey() {
    const limits = this.surface.laid && this.aim.limits(this.surface);
    if (limits) this.put(limits, this.model.get("fitted"));
  }

  /** After a change of size: everything if that was shown, or what was asked for; else the same centre and zoom. */
  resize() {
    const { surface, model } = this;
    const asked = surface.laid && this.aim.limits(surface);
    if (!asked && !surface.ready) return;
    const fitted = model.get("fitted");
    const limits = surface.limits();
    if (fitted && model.get("home")) this.put(containing(model.get("home"), surface), true);
    else if (asked) this.put(asked, fitted);
    else if (this.scale) this.put(around(middle(limits), this.scale, surface), false);
    else this.put(containing(limits, surface), fitted);
    this.matching.moved();
  }

  // ---- the hand

  press(event) {
    this.surface.figure.focus({ preventScroll: true });
    if (event.pointerType === "touch") this.point(this.surface.at(event)); // a finger has not hovered
    const { tool } = this.surface;
    const pans = event.button === 1 || (event.button === 0 && (tool === "pan" || this.held));
    if (event.imvizTaken || this.gesture || !(pans || (event.button === 0 && tool === "box-zoom"))) return;
    event.preventDefault(); // no text selection, no scroll by the middle button
    const from = this.surface.at(event);
    this.gesture = { kind: pans ? "pan" : "box", from, to: from, limits: this.surface.limits(), id: event.pointerId };
    this.surface.figure.setPointerCapture(event.pointerId);
    this.dress();
  }

  move(event) {
    if (document.activeElement !== this.surface.figure) this.enter(); // what had the keyboard may be gone
    const { surface, gesture } = this;
    const to = surface.at(event);
    if (gesture && gesture.id === event.pointerId) {
      gesture.to = to;
      if (gesture.kind === "pan") {
        const { x, y } = gesture.limits;
        const right = ((gesture.from.x - to.x) / surface.width) * (x[1] - x[0]);
        const up = ((to.y - gesture.from.y) / surface.height) * (y[1] - y[0]);
        if (to.x !== gesture.from.x || to.y !== gesture.from.y || gesture.moved) {
          gesture.moved = true;
          this.show({ x: x.map((v) => v + right), y: y.map((v) => v + up) });
        }
      } else this.band.draw(gesture.from, to);
    }
    this.point(to, gesture?.kind !== "pan"); // a pan keeps the image's pixel under the cursor
  }

  /** The cursor is over a point of the screen; the kernel reads what is there, or has done so. */
  point(to, reads = true) {
    const { surface } = this;
    const within = to.x >= 0 && to.y >= 0 && to.x <= surface.width && to.y <= surface.height;
    this.pointer = to;
    this.at = within ? surface.toImage(to) : null;
    if (reads) this.cursor.send((this.told = this.at) ?? { x: null, y: null });
    this.matching.say({ cursor: this.at && [this.at.x, this.at.y] });
  }

  release(event) {
    const { surface, gesture } = this;
    if (!gesture || gesture.id !== event.pointerId) return;
    this.cancel();
    if (gesture.kind !== "box") return;
    if (Math.abs(gesture.from.x - gesture.to.x) < 4 || Math.abs(gesture.from.y - gesture.to.y) < 4) return;
    this.show(containing(this.band.limits(gesture.from, gesture.to), surface));
  }

  cancel() {
    const moved = this.gesture?.moved;
    this.gesture = null;
    if (moved) this.rest.moved();
    this.band.drop();
    this.dress();
  }

  wheel(event) {
    event.preventDefault(); // the page stays; the image zooms
    const notch = event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1; // lines and pages in pixels
    const step = Math.max(-300, Math.min(300, event.deltaY * notch));
    if (this.surface.ready && !this.gesture) this.zoom(Math.pow(1.0015, -step), this.surface.at(event));
  }

  enter() {
    const active = document.activeElement;
    if (!isTyping(active) || active.type === "range") this.surface.figure.focus({ preventScroll: true });
  }

  leave() {
    this.rest.now(); // what is done elsewhere begins from this view
    this.at = this.told = this.pointer = null;
    this.cursor.send({ x: null, y: null });
    this.matching.say({ cursor: null });
  }

  // ---- the tool in hand

  /** The space bar makes any tool the hand while it is down; regions.js reads the mark too. */
  hold(down) {
    this.held = down;
    this.surface.figure.classList.toggle("imviz-hand", down);
    this.dress();
  }

  dress() {
    const { tool } = this.surface;
    const panning = this.gesture && this.gesture.kind === "pan";
    this.surface.figure.style.cursor = panning ? "grabbing" : this.held ? "grab" : CURSORS[tool] || "crosshair";
  }
}

export default onFigure((model, surface) => new Mouse(model, surface));
