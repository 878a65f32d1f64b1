// The surface of a figure on the page: where its plot area is, which part of the image it shows, and
// the way between screen and image. All widgets over a figure are made with onFigure.
//
// A figure's plot area appears some time after our widgets do, and may be taken out and put back by the
// page, so it is watched for. Several views of one viewer each have their own surface. Screen positions
// are CSS pixels from the upper left corner of the plot area; image positions are reference pixels with
// integers at pixel centres and y upwards.

import { keepListening } from "./listening.js";
import { watchPage } from "./page_watch.js";

class Surface {
  constructor(area, scales) {
    this.area = area; // bqplot's rectangle that covers the plot area exactly
    this.figure = area.closest(".bqplot");
    this.root = area.closest(".imviz-figure");
    [this.scaleX, this.scaleY] = scales;
    this.measure();
  }

  /** Ask the page anew how large the plot area is. */
  measure() {
    const box = this.area.getBoundingClientRect();
    const figure = this.figure.getBoundingClientRect();
    this.width = box.width;
    this.height = box.height;
    this.left = box.left - figure.left;
    this.top = box.top - figure.top;
  }

  /** Whether the page has given it room. */
  get laid() {
    return this.width > 1 && this.height > 1;
  }

  get ready() {
    return this.laid && this.limits().x[1] > this.limits().x[0];
  }

  /** The part of the image on show: {x: [min, max], y: [min, max]}. */
  limits() {
    const { scaleX, scaleY } = this;
    return { x: [scaleX.get("min"), scaleX.get("max")], y: [scaleY.get("min"), scaleY.get("max")] };
  }

  /** Show another part. bqplot's marks follow at once; the kernel is told by whoever calls this. */
  show(limits) {
    this.scaleX.set({ min: limits.x[0], max: limits.x[1] });
    this.scaleY.set({ min: limits.y[0], max: limits.y[1] });
  }

  /** Screen position of a mouse event, not rounded. */
  at(event) {
    const box = this.area.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  toImage(point) {
    const { x, y } = this.limits();
    return {
      x: x[0] + (point.x / this.width) * (x[1] - x[0]),
      y: y[1] - (point.y / this.height) * (y[1] - y[0]),
    };
  }

  toScreen(point) {
    const { x, y } = this.limits();
    return {
      x: ((point.x - x[0]) / (x[1] - x[0])) * this.width,
      y: ((y[1] - point.y) / (y[1] - y[0])) * this.height,
    };
  }

  /** Image pixels per screen pixel. */
  perPixel() {
    const { x } = this.limits();
    return (x[1] - x[0]) / this.width;
  }

  /**
   * The tool in hand. The page holds it, on the element round the figure: the toolbar's button puts it there as it is
   * pressed, the kernel (mouse.js) when it has its own mind, so that a drag just after a press never acts in the old way.
   */
  get tool() {
    return this.root.dataset.tool || "pan";
  }

  set tool(name) {
    if (name !== this.root.dataset.tool) this.root.dataset.tool = name;
  }

  /** Call back whenever another tool is taken. Returns the function that stops it. */
  onTool(changed) {
    let last = this.tool;
    const observer = new MutationObserver(() => {
      if (this.tool === last) return;
      last = this.tool;
      changed();
    });
    observer.observe(this.root, { attributes: true, attributeFilter: ["data-tool"] });
    return () => observer.disconnect();
  }

  /** Call back whenever the limits or the size change. Returns the function that stops it. */
  onChange(moved, resized) {
    this.scaleX.on("change", moved);
    this.scaleY.on("change", moved);
    const observer = new MutationObserver(() => {
      this.measure();
      resized();
    });
    observer.observe(this.area, { attributes: true, attributeFilter: ["width", "height"] });
    return () => {
      this.scaleX.off("change", moved);
      this.scaleY.off("change", moved);
      observer.disconnect();
    };
  }
}

/**
 * Attach to the figure beside `el` whenever there is one.
 *
 * `attach(surface)` is called with each plot area that appears and returns the function that undoes it.
 * Returns the function that ends it all (for anywidget's cleanup).
 */
function followFigure(model, el, attach) {
  keepListening(model);
  let scales = null;
  let area = null;
  let detach = null;
  let ended = false;

  function look() {
    if (ended || !scales) return;
    const root = el.closest(".imviz-figure");
    const found = root ? root.querySelector(".bqplot .plotarea_events") : null;
    if (found === area) return;
    if (detach) detach();
    area = found;
    detach = area ? attach(new Surface(area, scales)) : null;
  }

  const unwatch = watchPage(look);
  const ids = ["scale_x", "scale_y"].map((name) => model.get(name).replace("IPY_MODEL_", ""));
  Promise.all(ids.map((id) => model.widget_manager.get_model(id))).then((found) => {
    scales = found;
    look();
  });

  return () => {
    ended = true;
    unwatch();
    if (detach) detach();
    detach = null;
  };
}

/**
 * What anywidget asks of a widget that lies over a figure and has no place of its own on the page.
 *
 * `make(model, surface)` is called with each plot area that appears and returns an object with `end()`.
 */
export function onFigure(make) {
  return {
    render({ model, el }) {
      el.style.display = "none";
      return followFigure(model, el, (surface) => {
        const shown = make(model, surface);
        return () => shown.end();
      });
    },
  };
}

/** Whether the keyboard is in a text field, from which the mouse must not take it. */
export function isTyping(element) {
  return Boolean(element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)));
}

/** Add event listeners to an element; returns the function that removes them. */
export function listen(element, handlers, options) {
  for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler, options);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) element.removeEventListener(name, handler, options);
  };
}

/** Add listeners to a model; returns the function that removes them. */
export function hear(model, handlers) {
  for (const [name, handler] of Object.entries(handlers)) model.on(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) model.off(name, handler);
  };
}
