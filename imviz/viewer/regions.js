// All regions of a viewer, drawn over its picture as vectors, and the hand that draws and edits them.
//
// The kernel sends shapes when they change, and only those: {type: "shapes", all?, set, remove}; a new view
// asks for all of them. A drag changes the picture here at once, one message tells the kernel on release,
// and the kernel's answer replaces what the hand left. Shapes keep their numbers as float64 all the way.
//
// Outlines are in one group moved and scaled with the view, each about its own origin, so nothing large is
// ever rounded. Labels and handles keep their size and are placed anew with each view.

const CLICK = 3; // screen pixels: less is a click, not a drag
const GRIP = 4.5; // half the size of a handle
const SMALL = 16; // a handle nearer than this to the middle is moved outwards
const REACH = 22; // how far above a shape its turning handle is
const LABEL = { width: 62, height: 14 }; // screen pixels a label takes
const MOST_LABELS = 400; // of those in view; more would hide the image anyway

class Overlay {
  constructor(model, surface) {
    Object.assign(this, { model, surface, drawn: new Map(), gesture: null, grips: [] });
    this.svg = make("svg", { class: "imviz-regions" });
    this.world = make("g", {}, this.svg); // outlines, in image coordinates
    this.guides = make("g", { class: "imviz-guides" }, this.world);
    this.covers = make("g", {}, this.world);
    this.shapes = make("g", {}, this.world);
    this.labels = make("g", { class: "imviz-labels" }, this.svg);
    this.handles = make("g", { class: "imviz-handles" }, this.svg);
    surface.figure.appendChild(this.svg);
    this.heard = (message) => this.hear(message);
    this.reselect = () => this.dress();
    model.on("msg:custom", this.heard);
    model.on("change:selected", this.reselect);
    // Capture: what we take never reaches the hand that moves the view.
    const capture = { capture: true };
    this.undo = [
      surface.onChange(() => this.follow(), () => this.follow()),
      listen(surface.figure, {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.drag(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => this.drop(),
        keydown: (event) => this.key(event),
      }, capture),
    ];
    this.follow();
    model.send({ type: "ready" });
  }

  end() {
    this.undo.forEach((undo) => undo());
    this.model.off("msg:custom", this.heard);
    this.model.off("change:selected", this.reselect);
    this.svg.remove();
  }

  // ---- what the kernel says

  hear(message) {
    if (message.type === "guides") return this.setGuides(message.guides);
    if (message.type !== "shapes") return;
    if (message.all) for (const label of [...this.drawn.keys()]) this.remove(label);
    message.remove.forEach((label) => this.remove(label));
    message.set.forEach((entry) => this.set(entry));
    if (this.draft && !this.gesture) this.draft = this.draft.remove();
    this.dress();
  }

  setGuides(guides) {
    this.guides.replaceChildren();
    for (const { shape, style } of guides)
      for (const part of simpleParts(shape))
        make("path", { d: outline(part), transform: place(part), class: `imviz-guide imviz-${style}` }, this.guides);
  }

  set({ label, color, shape }) {
    let entry = this.drawn.get(label);
    if (!entry) {
      entry = {
        node: make("g", { class: "imviz-region" }, this.shapes),
        cover: make("g", { class: "imviz-cover" }, this.covers),
        text: make("text", {}, this.labels),
      };
      entry.text.textContent = label;
      entry.node.dataset.label = label;
      this.drawn.set(label, entry);
    }
    Object.assign(entry, { shape, label });
    for (const node of [entry.node, entry.cover, entry.text]) node.style.color = color;
    entry.node.classList.toggle("imviz-compound", shape.kind === "compound");
    cover(shape, entry.cover);
    this.render(entry, shape);
  }

  remove(label) {
    const entry = this.drawn.get(label);
    if (!entry) return;
    for (const node of [entry.node, entry.cover, entry.text]) node.remove();
    this.drawn.delete(label);
    if (this.gesture && this.gesture.label === label) this.drop();
  }

  // ---- drawing

  /** Draw a shape's outlines; `entry.live` is what is on the screen, `entry.shape` what the kernel has. */
  render(entry, shape) {
    entry.live = shape;
    const parts = simpleParts(shape);
    while (entry.node.childNodes.length > 2 * parts.length) entry.node.lastChild.remove();
    while (entry.node.childNodes.length < 2 * parts.length) {
      make("path", { class: "imviz-grab" }, entry.node);
      make("path", { class: "imviz-outline" }, entry.node);
    }
    parts.forEach((part, n) => {
      for (const node of [entry.node.childNodes[2 * n], entry.node.childNodes[2 * n + 1]]) {
        node.setAttribute("d", outline(part));
        node.setAttribute("transform", place(part));
        node.classList.toggle("imviz-point", part.kind === "point");
      }
    });
    this.placeLabel(entry);
  }

  placeLabel(entry) {
    const { x, y } = this.surface.toScreen(crown(entry.live));
    const { width, height } = this.surface;
    const shown = x > -50 && x < width + 50 && y > -10 && y < height + 20 && this.drawn.size <= MOST_LABELS;
    entry.text.style.display = shown || entry.label === this.selected ? "" : "none";
    entry.text.setAttribute("x", x);
    entry.text.setAttribute("y", y - 6);
  }

  /** Follow the view. */
  follow() {
    const { surface } = this;
    if (!surface.ready) return;
    const { x, y } = surface.limits();
    const [sx, sy] = [surface.width / (x[1] - x[0]), surface.height / (y[1] - y[0])];
    this.world.setAttribute("transform", `matrix(${sx} 0 0 ${-sy} ${-x[0] * sx} ${y[1] * sy})`);
    for (const side of ["left", "top", "width", "height"]) this.svg.style[side] = `${surface[side]}px`;
    this.placeLabels();
    this.placeHandles();
  }

  /** Place all labels; of those that would lie on each other only the first (or the selected one) is shown. */
  placeLabels() {
    if (!this.surface.ready) return;
    const taken = new Map();
    const chosen = this.drawn.get(this.selected);
    for (const entry of [...(chosen ? [chosen] : []), ...this.drawn.values()]) {
      this.placeLabel(entry);
      const { x, y } = this.surface.toScreen(crown(entry.live));
      const [column, row] = [Math.floor(x / LABEL.width), Math.floor(y / LABEL.height)];
      const near = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => taken.get(`${column + i} ${row + j}`)));
      const crowded = near.some((p) => p && Math.abs(p.x - x) < LABEL.width && Math.abs(p.y - y) < LABEL.height);
      if (crowded && entry !== chosen) entry.text.style.display = "none";
      else taken.set(`${column} ${row}`, { x, y });
    }
  }

  get selected() {
    return this.model.get("selected");
  }

  /** Show which region is selected. */
  dress() {
    for (const [label, entry] of this.drawn)
      for (const node of [entry.node, entry.text]) node.classList.toggle("imviz-selected", label === this.selected);
    this.placeLabels();
    this.placeHandles();
  }

  placeHandles() {
    const entry = this.drawn.get(this.selected);
    const found = entry && this.surface.ready ? handles(entry.live, REACH * this.surface.perPixel()) : [];
    while (this.handles.childNodes.length > found.length) this.handles.lastChild.remove();
    while (this.handles.childNodes.length < found.length)
      make("rect", { class: "imviz-handle", width: 2 * GRIP, height: 2 * GRIP }, this.handles);
    found.forEach((handle, n) => {
      const node = this.handles.childNodes[n];
      const { x, y } = this.beside(handle.at, entry.live);
      node.setAttribute("x", x - GRIP);
      node.setAttribute("y", y - GRIP);
      node.setAttribute("rx", handle.rotates ? GRIP : 1);
      node.dataset.n = n;
    });
    this.grips = found;
  }

  /** Where on the screen a handle goes: off the outline of a shape so small that they would hide it. */
  beside(at, shape) {
    const [middle, point] = [this.surface.toScreen(shape), this.surface.toScreen(at)];
    const [dx, dy] = [point.x - middle.x, point.y - middle.y];
    const reach = Math.hypot(dx, dy);
    const away = /annulus/.test(shape.kind) || !reach ? 0 : (Math.max(0, SMALL - reach) * 0.8) / reach;
    return { x: point.x + dx * away, y: point.y + dy * away };
  }

  select(label) {
    if (label === this.selected) return;
    this.model.set("selected", label);
    this.model.send({ type: "select", label });
  }

  // ---- the hand

  /** What a press would do: edit by a handle, move a region, draw a new one, or (null) nothing of ours. */
  intent(event) {
    if (event.button !== 0 || this.surface.figure.classList.contains("imviz-hand")) return null;
    const tool = this.model.get("tool");
    const draws = ["circle", "ellipse", "rectangle", "annulus"].includes(tool);
    const forced = event.altKey || this.model.get("combining"); // the new shape may lie on the selected one
    if (event.target.classList.contains("imviz-handle")) return { kind: "edit", handle: Number(event.target.dataset.n) };
    const node = event.target.closest(".imviz-region");
    const entry = node && this.drawn.get(node.dataset.label);
    if (entry && !(draws && forced)) return { kind: "move", label: entry.label };
    return draws ? { kind: "draw", tool } : null;
  }

  press(event) {
    if (this.gesture || !this.surface.ready || event.button !== 0) return;
    const from = this.surface.at(event);
    const intent = this.intent(event);
    this.clicked = from; // a press and release in place selects, whatever else it may do
    if (!intent) return;
    event.imvizTaken = true;
    event.preventDefault();
    this.surface.figure.focus({ preventScroll: true });
    this.surface.figure.setPointerCapture(event.pointerId);
    if (intent.kind === "move") this.select(intent.label);
    const entry = this.drawn.get(intent.kind === "edit" ? this.selected : intent.label);
    const grip = this.grips[intent.handle];
    const at = grip ? this.surface.toScreen(grip.at) : from; // a handle keeps its distance from the mouse
    const slip = { x: at.x - from.x, y: at.y - from.y };
    this.gesture = { ...intent, from, slip, grip, label: entry?.label, shape: entry?.live, id: event.pointerId };
  }

  drag(event) {
    const { gesture, surface } = this;
    if (!gesture || event.pointerId !== gesture.id) return;
    const at = surface.at(event);
    if (!gesture.moved && Math.hypot(at.x - gesture.from.x, at.y - gesture.from.y) < CLICK) return;
    gesture.moved = true;
    const [from, to] = [surface.toImage(gesture.from), surface.toImage(at)];
    if (gesture.kind === "draw") gesture.live = drawn(gesture.tool, from, to, event.shiftKey);
    else if (gesture.shape.fixed) return;
    else if (gesture.kind === "move") gesture.live = moved(gesture.shape, to.x - from.x, to.y - from.y);
    else {
      const point = surface.toImage({ x: at.x + gesture.slip.x, y: at.y + gesture.slip.y });
      gesture.live = gesture.grip.drag(gesture.shape, point, event.shiftKey, surface.perPixel());
    }
    if (gesture.kind === "draw") this.sketch(gesture.live);
    else this.render(this.drawn.get(gesture.label), gesture.live);
    this.placeHandles();
  }

  /** The outline of a shape being drawn, until the kernel has made a region of it. */
  sketch(shape) {
    this.draft ??= make("path", { class: "imviz-outline imviz-draft" }, this.world);
    this.draft.setAttribute("d", outline(shape));
    this.draft.setAttribute("transform", place(shape));
  }

  release(event) {
    const { gesture, surface, clicked } = this;
    const at = surface.at(event);
    this.clicked = null;
    if (event.button === 0 && clicked && Math.hypot(at.x - clicked.x, at.y - clicked.y) < CLICK) {
      this.gesture = null;
      const point = surface.figure.imvizPointUnder?.(at); // a click on a point of a catalog picks that
      if (!point && (!gesture || gesture.kind === "draw")) this.select(this.under(at));
    } else if (gesture && gesture.id === event.pointerId) {
      this.drag(event); // the release is where the mouse is now
      this.gesture = null;
      const { kind, label, live } = gesture;
      if (live) this.model.send(kind === "draw" ? { type: "draw", shape: live } : { type: "update", label, shape: live });
    }
  }

  /** The smallest region under a screen point, or null. */
  under(point) {
    const { surface } = this;
    let [best, least] = [null, Infinity];
    for (const [label, { node, live }] of this.drawn) {
      const size = simpleParts(live).reduce((sum, part) => sum + halves(part).x * halves(part).y, 0);
      if (size >= least) continue;
      const inside = simpleParts(live).some((part, n) => {
        const { x, y } = toOwn(part, surface.toImage(point));
        return node.childNodes[2 * n].isPointInFill(new DOMPoint(x, y));
      });
      if (inside) [best, least] = [label, size];
    }
    return best;
  }

  /** Give up the gesture under way. */
  drop() {
    const entry = this.gesture && this.drawn.get(this.gesture.label);
    this.gesture = this.clicked = null;
    if (this.draft) this.draft = this.draft.remove();
    if (entry) this.render(entry, entry.shape);
    this.placeHandles();
  }

  key(event) {
    if (isTyping(event.target)) return;
    if (event.key === "Escape" && this.gesture) {
      event.imvizTaken = true;
      this.drop();
    } else if (["Delete", "Backspace"].includes(event.key) && this.selected && !this.gesture) {
      event.preventDefault();
      event.stopPropagation();
      this.model.send({ type: "remove", label: this.selected });
    }
  }
}

export default {
  render({ model, el }) {
    el.style.display = "none"; // it has no place of its own on the page
    return followFigure(model, el, (surface) => {
      const overlay = new Overlay(model, surface);
      return () => overlay.end();
    });
  },
};
