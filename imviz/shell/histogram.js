// A histogram with its cuts: two lines that can be dragged (or moved by the arrow keys), the stretch between
// them, and the knots of a spline. Drawn as SVG from the widget's state; while something is held, it is drawn
// from where the hand is, and the newest cuts or knots are the widget's "dragged", which ipywidgets sends one
// at a time. Double click: a knot more where there is none, one less where there is one.

import { keepListening } from "../viewer/page/listening.js";

const SVG = "http://www.w3.org/2000/svg";
const [TOP, HEIGHT, BAR, FOOT] = [8, 170, 10, 18]; // screen pixels: above the bars, in all, colours, numbers
const FLOOR = HEIGHT - FOOT - BAR - 4; // where the bars stand
const NEAR = 8; // from a knot, and a double click is on it
const SIDE = 9; // left and right of the bars, so that a cut at the edge can be taken hold of

function add(parent, name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  put(element, attributes);
  parent.appendChild(element);
  return element;
}

function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

class View {
  constructor(model, el) {
    Object.assign(this, { model, held: null });
    this.root = document.createElement("div");
    this.root.className = "imviz-histogram";
    el.appendChild(this.root);
    this.svg = add(this.root, "svg", { role: "group", "aria-label": "Histogram of the values, with the cuts" });
    this.id = `imviz-colours-${model.model_id ?? Math.random().toString(36).slice(2)}`;
    this.gradient = add(add(this.svg, "defs"), "linearGradient", { id: this.id });
    this.ground = add(this.svg, "rect", { class: "imviz-ground", rx: 3 });
    this.bars = add(this.svg, "path", { class: "imviz-bars" });
    this.curve = add(this.svg, "path", { class: "imviz-curve" });
    this.colours = add(this.svg, "rect", { height: BAR, fill: `url(#${this.id})`, rx: 2 });
    this.texts = ["start", "end"].map((anchor) => add(this.svg, "text", { "text-anchor": anchor }));
    this.cuts = ["Lower cut", "Upper cut"].map((label, n) => this.makeCut(label, n));
    this.knots = add(this.svg, "g");
    this.svg.addEventListener("pointerdown", (event) => this.press(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, () => this.release());
    this.svg.addEventListener("dblclick", (event) => this.twice(event));
    this.draw = this.draw.bind(this);
    model.on("change", this.draw);
    this.observer = new ResizeObserver(this.draw);
    this.observer.observe(this.root);
    this.draw();
  }

  end() {
    this.model.off("change", this.draw);
    this.observer.disconnect();
  }

  makeCut(label, n) {
    const cut = add(this.svg, "g", { class: "imviz-cut", tabindex: 0, role: "slider", "aria-label": label });
    cut.dataset.cut = n;
    add(cut, "title").textContent = `${label}: drag, or use the arrow keys`;
    add(cut, "rect", { x: -6, y: TOP - 6, width: 12, height: FLOOR - TOP + 6 });
    add(cut, "line", { y1: TOP, y2: FLOOR });
    add(cut, "path", { d: `M-6 ${TOP - 7}h12l-6 9z` });
    cut.addEventListener("keydown", (event) => this.key(event, n));
    return cut;
  }

  // ---- from values to the screen and back

  get span() {
    const span = this.held ? this.held.span : this.model.get("span"); // still while the hand is on it
    return span.length === 2 ? span : [0, 1];
  }

  get width() {
    return Math.max(this.root.clientWidth - 2 * SIDE, 10);
  }

  now(name) {
    return this.held && this.held[name] ? this.held[name] : this.model.get(name);
  }

  toScreen(value) {
    const [low, high] = this.span;
    return SIDE + Math.min(1, Math.max(0, (value - low) / (high - low))) * this.width;
  }

  toValue(x) {
    const [low, high] = this.span;
    return low + Math.min(1, Math.max(0, (x - SIDE) / this.width)) * (high - low);
  }

  /** Where a point (level, brightness) is on the screen. */
  place([level, brightness]) {
    const [low, high] = this.now("cuts");
    const [from, to] = this.span;
    const x = SIDE + ((low + level * (high - low) - from) / (to - from)) * this.width;
    return [x, FLOOR - brightness * (FLOOR - TOP)];
  }

  // ---- drawing

  draw() {
    const { model, width } = this;
    if (!this.held) this.counted = { counts: model.get("counts"), span: this.span };
    const { counts } = this.counted;
    const height = model.get("log") ? (n) => Math.log10(1 + n) : (n) => n;
    const most = Math.max(...counts.map(height), 1e-9);
    const step = width / Math.max(counts.length, 1);
    const tops = counts.map((n, i) => `V${FLOOR - (height(n) / most) * (FLOOR - TOP)}H${SIDE + (i + 1) * step}`);
    put(this.ground, { x: SIDE, y: TOP, width, height: FLOOR - TOP });
    put(this.bars, { d: counts.length ? `M${SIDE} ${FLOOR}${tops.join("")}V${FLOOR}Z` : "" });
    const cuts = this.now("cuts");
    this.cuts.forEach((cut, n) => {
      put(cut, { transform: `translate(${this.toScreen(cuts[n])} 0)`, "aria-valuenow": cuts[n] });
    });
    this.drawColours(cuts);
    this.drawCurve();
    const [left, right] = this.span.map((value) => Number(value.toPrecision(4)).toString());
    put(this.texts[0], { x: SIDE, y: HEIGHT - 3 });
    put(this.texts[1], { x: SIDE + width, y: HEIGHT - 3 });
    this.texts[0].textContent = left;
    this.texts[1].textContent = `${right} ${model.get("unit")}`;
  }

  drawColours(cuts) {
    const colours = this.model.get("colors");
    const [from, to] = cuts.map((value) => this.toScreen(value));
    put(this.colours, { x: SIDE, y: FLOOR + 4, width: this.width });
    put(this.gradient, { gradientUnits: "userSpaceOnUse", x1: from, x2: Math.max(to, from + 1), y1: 0, y2: 0 });
    if (this.gradient.childElementCount !== colours.length) {
      this.gradient.replaceChildren();
      colours.forEach((_, n) => add(this.gradient, "stop", { offset: n / Math.max(colours.length - 1, 1) }));
    }
    colours.forEach((colour, n) => put(this.gradient.children[n], { "stop-color": colour }));
  }

  drawCurve() {
    const knots = this.now("knots");
    const held = this.held && this.held.knots;
    const inside = ([x]) => x >= SIDE - 0.5 && x <= SIDE + this.width + 0.5;
    const points = (held || this.model.get("curve")).map((point) => this.place(point)).filter(inside);
    put(this.curve, { d: points.length ? `M${points.map(([x, y]) => `${x} ${y}`).join("L")}` : "" });
    while (this.knots.childElementCount > knots.length) this.knots.lastElementChild.remove();
    while (this.knots.childElementCount < knots.length) {
      add(add(this.knots, "circle", { class: "imviz-knot", r: 5 }), "title").textContent = "Drag; double click removes it";
    }
    knots.forEach((knot, n) => {
      const [x, y] = this.place(knot);
      const circle = this.knots.children[n];
      circle.dataset.knot = n;
      put(circle, { cx: x, cy: y, visibility: inside([x]) ? "visible" : "hidden" });
    });
  }

  // ---- the hand

  at(event) {
    const box = this.svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  press(event) {
    if (event.button !== 0) return;
    const cut = event.target.closest(".imviz-cut");
    const knot = event.target.closest(".imviz-knot");
    if (!cut && !knot) return;
    event.preventDefault();
    if (cut) cut.focus({ preventScroll: true });
    this.svg.setPointerCapture(event.pointerId);
    const span = this.span;
    this.held = cut ? { span, cut: Number(cut.dataset.cut) } : { span, knot: Number(knot.dataset.knot) };
  }

  move(event) {
    if (!this.held) return;
    const at = this.at(event);
    if ("cut" in this.held) this.moveCut(this.held.cut, this.toValue(at.x));
    else this.moveKnot(this.held.knot, at);
  }

  release() {
    this.held = null;
    this.draw();
  }

  moveCut(n, value) {
    const cuts = [...this.now("cuts")];
    const least = (this.span[1] - this.span[0]) / 1e4; // the cuts never meet
    cuts[n] = n ? Math.max(value, cuts[0] + least) : Math.min(value, cuts[1] - least);
    if (this.held) this.held.cuts = cuts;
    this.say({ cuts });
  }

  /** The point (level, brightness) under a screen point. */
  levelAt(at) {
    const [low, high] = this.now("cuts");
    const level = (this.toValue(at.x) - low) / (high - low);
    const part = (value) => Math.min(1, Math.max(0, value));
    return [part(level), part((FLOOR - at.y) / (FLOOR - TOP))];
  }

  moveKnot(n, at) {
    const knots = this.now("knots").map((knot) => [...knot]);
    const [level, brightness] = this.levelAt(at);
    const first = n === 0;
    const last = n === knots.length - 1;
    const x = first ? 0 : last ? 1 : Math.min(knots[n + 1][0] - 0.005, Math.max(knots[n - 1][0] + 0.005, level));
    knots[n] = [x, brightness];
    this.held.knots = knots;
    this.say({ knots });
  }

  twice(event) {
    const knots = this.model.get("knots").map((knot) => [...knot]);
    if (!knots.length) return;
    const at = this.at(event); // the event's target is no help: the press has captured the pointer
    const away = knots.map((knot) => this.place(knot)).map(([x, y]) => Math.hypot(x - at.x, y - at.y));
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] < NEAR) {
      if (nearest === 0 || nearest === knots.length - 1) return;
      knots.splice(nearest, 1);
    } else {
      const point = this.levelAt(at);
      if (knots.some(([level]) => Math.abs(level - point[0]) < 0.005)) return;
      knots.push(point);
      knots.sort((a, b) => a[0] - b[0]);
    }
    this.say({ knots });
  }

  key(event, n) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const step = ((this.span[1] - this.span[0]) / 200) * (event.shiftKey ? 10 : 1);
    this.moveCut(n, this.now("cuts")[n] + way * step);
  }

  say(dragged) {
    this.model.set("dragged", dragged);
    this.model.save_changes(); // ipywidgets holds what is newer until the kernel has answered
    this.draw();
  }
}

export default {
  render({ model, el }) {
    keepListening(model);
    const view = new View(model, el);
    return () => view.end();
  },
};
