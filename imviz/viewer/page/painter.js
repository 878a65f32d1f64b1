// A canvas over the picture that is painted with a margin around the view, and then only moved with it.
//
// Panning inside the margin paints nothing. A zoom, or a pan beyond, paints anew with the next frame; where
// painting is slow, the old picture is stretched meanwhile and painted anew when the hand rests. What
// is painted is the caller's: paint(context, view), in screen pixels from the canvas's upper left corner.

const MARGIN = 0.3; // of the view's size, on each side
const SLOW = 24; // milliseconds of painting that a moving hand would feel
const PAUSE = 80; // milliseconds without a move after which a slow painter paints

/** Which part of the image a canvas shows: its corner in image pixels, its scale, its size. */
export class View {
  constructor(x0, y1, sx, sy, width, height) {
    Object.assign(this, { x0, y1, sx, sy, width, height });
  }

  /** The image positions it shows: {x: [min, max], y: [min, max]}, with some screen pixels of room. */
  box(room = 0) {
    const { x0, y1, sx, sy, width, height } = this;
    return {
      x: [x0 - room / sx, x0 + (width + room) / sx],
      y: [y1 - (height + room) / sy, y1 + room / sy],
    };
  }
}

export class Painter {
  constructor(surface, paint) {
    Object.assign(this, { surface, paint, done: null, frame: null, timer: null, cost: 0 });
    this.clip = document.createElement("div");
    this.clip.className = "imviz-canvas";
    this.canvas = document.createElement("canvas");
    this.clip.appendChild(this.canvas);
    surface.figure.appendChild(this.clip);
    this.context = this.canvas.getContext("2d");
    this.stop = surface.onChange(() => this.follow(), () => this.resize());
    this.resize();
  }

  end() {
    this.stop();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.clip.remove();
  }

  /** What is to be painted has changed. */
  refresh() {
    this.done = null;
    this.soon();
  }

  resize() {
    for (const side of ["left", "top", "width", "height"]) this.clip.style[side] = `${this.surface[side]}px`;
    this.refresh();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.now();
    });
  }

  /** Follow the view: move what is painted, and paint anew if that is not enough. */
  follow() {
    const { surface, done } = this;
    if (!surface.ready || !done) return this.soon();
    const { x, y } = surface.limits();
    const [sx, sy] = [surface.width / (x[1] - x[0]), surface.height / (y[1] - y[0])];
    const [right, down] = [(done.view.x0 - x[0]) * sx, (y[1] - done.view.y1) * sy];
    const zoomed = Math.abs(sx / done.view.sx - 1) > 1e-9 || Math.abs(sy / done.view.sy - 1) > 1e-9;
    const round = (value) => (zoomed ? value : Math.round(value * done.ratio) / done.ratio); // stays sharp
    const stretch = zoomed ? ` scale(${sx / done.view.sx}, ${sy / done.view.sy})` : "";
    this.canvas.style.transform = `translate(${round(right)}px, ${round(down)}px)${stretch}`;
    const bare =
      right > 0 || down > 0 || right + done.view.width < surface.width || down + done.view.height < surface.height;
    if (!zoomed && !bare) return;
    clearTimeout(this.timer);
    if (this.cost > SLOW) this.timer = setTimeout(() => this.soon(), PAUSE);
    else this.soon();
  }

  now() {
    const { surface, canvas, context } = this;
    clearTimeout(this.timer);
    if (!surface.ready) return;
    const began = performance.now();
    const { x, y } = surface.limits();
    const [sx, sy] = [surface.width / (x[1] - x[0]), surface.height / (y[1] - y[0])];
    const [left, top] = [Math.ceil(surface.width * MARGIN), Math.ceil(surface.height * MARGIN)];
    const [width, height] = [surface.width + 2 * left, surface.height + 2 * top];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      Object.assign(canvas, { width: columns, height: rows });
      Object.assign(canvas.style, { width: `${columns / ratio}px`, height: `${rows / ratio}px` });
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width + 1, height + 1);
    const view = new View(x[0] - left / sx, y[1] + top / sy, sx, sy, width, height);
    this.paint(context, view, ratio);
    this.done = { view, ratio };
    this.cost = performance.now() - began;
    this.n = (this.n ?? 0) + 1; // how often, for tests
    canvas.dataset.painted = this.n;
    this.follow();
  }
}
