// The hand that draws, selects, moves and edits regions: mouse and keys, by what is pressed where.
//
// A drag changes the picture here at once; one message tells the kernel on release, and the kernel's answer
// replaces what the hand left. It listens in the capture phase and marks what it takes (event.imvizTaken), so
// that it never reaches the hand that moves the view.

const CLICK = 3; // screen pixels: less is a click, not a drag
const GRAB = 6; // screen pixels from an outline that are still on it
const LOOSE = 100; // regions in view up to which one may be dragged by its outline without a click before
const CLOSING = 9; // screen pixels from a polygon's first vertex that close it
const STEP = 2; // screen pixels between the points of a line drawn freely
const QUIET = 300; // milliseconds without an arrow key after which the kernel is told
const DRAGGED = ["circle", "ellipse", "rectangle", "annulus", "ellipse-annulus", "rectangle-annulus", "line"];
const DROPPED = ["point", "pixel"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class Hand {
  constructor(overlay) {
    const { model, surface } = overlay;
    Object.assign(this, { overlay, model, surface, gesture: null, corners: null, nudged: null, box: null });
    this.retool = () => this.drop();
    model.on("change:tool", this.retool);
    this.undo = listen(
      surface.figure,
      {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.drag(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => this.drop(),
        dblclick: (event) => this.twice(event),
        keydown: (event) => this.key(event),
        blur: () => this.flush(),
      },
      { capture: true }
    );
  }

  end() {
    this.drop();
    this.undo();
    this.model.off("change:tool", this.retool);
  }

  get tool() {
    return this.model.get("tool");
  }

  /** Whether a region is in the hand, so that older news must not move it. */
  holds(label) {
    return Boolean(this.gesture?.shapes?.has(label) || this.nudged?.shapes.has(label));
  }

  /** The kernel has spoken: a shape it has made a region of needs no sketch any more. */
  heardShapes() {
    if (!this.gesture && !this.corners) this.overlay.draft = null;
  }

  // ---- what a press means

  intent(event, at) {
    const { overlay, surface } = this;
    if (event.button !== 0 || surface.figure.classList.contains("imviz-hand")) return null;
    if (event.target.classList.contains("imviz-handle")) return { kind: "edit", handle: Number(event.target.dataset.n) };
    const draws = [...DRAGGED, ...DROPPED, "polygon", "freehand"].includes(this.tool);
    const forced = event.altKey || this.model.get("combining") || this.corners; // may lie on the selected one
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
    this.flush();
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
    if (!gesture) return this.hover(event, at);
    if (event.pointerId !== gesture.id) return;
    if (!gesture.moved && Math.hypot(at.x - gesture.from.x, at.y - gesture.from.y) < CLICK) return;
    gesture.moved = true;
    if (gesture.kind === "box") this.drawBox(gesture.from, at);
    else if (gesture.kind === "draw") this.draw(gesture, at, event.shiftKey);
    else if (gesture.kind === "move") this.shift(gesture.shapes, surface.toImage(gesture.from), surface.toImage(at));
    else this.edit(gesture, at, event.shiftKey);
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
    if (gesture?.kind === "draw" && this.tool === "polygon") return this.addCorner(at);
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
    if (this.corners) this.sketchCorners(at);
    const handle = event.target.classList?.contains("imviz-handle");
    const grabs = !event.buttons && !this.corners && this.surface.ready && !handle && this.grabbed(at);
    this.surface.figure.classList.toggle("imviz-grabs", Boolean(grabs));
  }

  // ---- a box around regions and points

  drawBox(from, to) {
    const { figure, left, top } = this.surface;
    if (!this.box) {
      this.box = document.createElement("div");
      this.box.className = "imviz-zoom-box";
      figure.appendChild(this.box);
    }
    Object.assign(this.box.style, {
      left: `${left + Math.min(from.x, to.x)}px`,
      top: `${top + Math.min(from.y, to.y)}px`,
      width: `${Math.abs(from.x - to.x)}px`,
      height: `${Math.abs(from.y - to.y)}px`,
    });
  }

  /** Select what has its middle in the box; points of catalogs are told the same by an event. */
  selectBox({ from, more }, to) {
    const { overlay, surface } = this;
    this.dropBox();
    const [a, b] = [surface.toImage(from), surface.toImage(to)];
    const box = { x: [Math.min(a.x, b.x), Math.max(a.x, b.x)], y: [Math.min(a.y, b.y), Math.max(a.y, b.y)] };
    const found = overlay.index.touching(box).filter((label) => {
      const [x0, x1, y0, y1] = boxOf(overlay.drawn.get(label).live);
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      return x >= box.x[0] && x <= box.x[1] && y >= box.y[0] && y <= box.y[1];
    });
    overlay.select(more ? [...new Set([...overlay.selected, ...found])] : found);
    surface.figure.dispatchEvent(new CustomEvent("imviz-box", { detail: { box, more } }));
  }

  dropBox() {
    this.box?.remove();
    this.box = null;
  }

  // ---- a polygon, click by click

  addCorner(at) {
    this.corners ??= [];
    const [first] = this.corners;
    const start = first && this.surface.toScreen({ x: first[0], y: first[1] });
    if (this.corners.length > 2 && Math.hypot(at.x - start.x, at.y - start.y) < CLOSING) return this.closePolygon();
    const { x, y } = this.surface.toImage(at);
    this.corners.push([x, y]);
    this.sketchCorners(at);
  }

  sketchCorners(at) {
    const { x, y } = this.surface.toImage(at);
    this.overlay.sketch(withPoints({ kind: this.corners.length > 1 ? "polygon" : "line" }, [...this.corners, [x, y]]));
  }

  closePolygon() {
    const points = this.corners;
    this.corners = null;
    if (points.length < 3) return this.drop();
    const shape = withPoints({ kind: "polygon" }, points);
    this.overlay.sketch(shape);
    this.model.send({ type: "draw", shape });
  }

  cutVertex({ shapes, grip }) {
    for (const [label, shape] of shapes) {
      const cut = grip.vertex === undefined ? null : withoutVertex(shape, grip.vertex);
      if (!cut) continue;
      this.overlay.show(this.overlay.drawn.get(label), cut);
      this.tell(shapes);
    }
  }

  /** A double click closes a polygon; its two clicks have put one corner too many. */
  twice(event) {
    if (this.tool === "pan" || this.tool === "box-zoom") return;
    event.imvizTaken = true;
    if (!this.corners) return;
    const [a, b] = this.corners.slice(-2).map(([x, y]) => this.surface.toScreen({ x, y }));
    if (b && Math.hypot(a.x - b.x, a.y - b.y) < CLOSING) this.corners.pop();
    this.closePolygon();
  }

  // ---- giving up

  /** Give up what is under way. */
  drop() {
    const shapes = this.gesture?.shapes ?? [];
    this.gesture = this.clicked = this.corners = null;
    this.dropBox();
    this.overlay.draft = null;
    for (const [label] of shapes) {
      const entry = this.overlay.drawn.get(label);
      if (entry) this.overlay.show(entry, entry.shape);
    }
    this.overlay.held.refresh();
  }

  // ---- the keyboard

  key(event) {
    if (isTyping(event.target)) return;
    const command = event.ctrlKey || event.metaKey;
    const taken = command ? this.command(event) : this.plain(event);
    if (!taken) return;
    event.imvizTaken = true;
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation(); // the other hand lets go of the tool, unless this was ours
  }

  /** Keys with Ctrl (or the Mac's command key). Returns whether the key was ours. */
  command(event) {
    const key = event.key.toLowerCase();
    const at = this.pointer ? this.surface.toImage(this.pointer) : null;
    const say = {
      c: this.overlay.selected.length && (() => ({ type: "copy", labels: this.overlay.selected })),
      v: () => ({ type: "paste", at }),
      a: () => ({ type: "select", labels: [...this.overlay.index.places.keys()] }),
    }[key];
    if (!say || event.altKey) return false;
    this.flush();
    this.model.send(say());
    return true;
  }

  plain(event) {
    const busy = this.gesture || this.corners;
    const chosen = this.overlay.selected.length > 0;
    if (event.key === "Escape" && busy) this.drop();
    else if (event.key === "Enter" && this.corners) this.closePolygon();
    else if (event.key === "Backspace" && this.corners) this.uncorner();
    else if (["Delete", "Backspace"].includes(event.key) && chosen && !busy) this.remove();
    else if (ARROWS[event.key] && chosen && !busy && !event.altKey) this.nudge(event);
    else return false;
    return true;
  }

  uncorner() {
    this.corners.pop();
    if (!this.corners.length) return this.drop();
    this.sketchCorners(this.pointer ?? this.surface.toScreen({ x: this.corners[0][0], y: this.corners[0][1] }));
  }

  remove() {
    this.flush();
    this.model.send({ type: "remove", labels: this.overlay.selectedEntries.filter((e) => !e.locked).map((e) => e.label) });
  }

  /** Move the selected regions by one image pixel, ten with Shift; the kernel hears when the keys rest. */
  nudge(event) {
    const taken = this.overlay.selectedEntries.filter((entry) => !entry.locked && !entry.live.immovable);
    this.nudged ??= { shapes: new Map(taken.map((entry) => [entry.label, entry.live])), x: 0, y: 0 };
    const size = event.shiftKey ? 10 : 1;
    this.nudged.x += ARROWS[event.key][0] * size;
    this.nudged.y += ARROWS[event.key][1] * size;
    this.shift(this.nudged.shapes, { x: 0, y: 0 }, this.nudged);
    clearTimeout(this.nudged.timer);
    this.nudged.timer = setTimeout(() => this.flush(), QUIET);
  }

  /** Tell the kernel of what the arrow keys have moved. */
  flush() {
    if (!this.nudged) return;
    const { shapes, timer } = this.nudged;
    clearTimeout(timer);
    this.tell(shapes);
    this.nudged = null;
  }
}
