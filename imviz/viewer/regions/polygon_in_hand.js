// A polygon that is drawn click by click, from its first corner until it is closed or given up.

import { withPoints } from "./geometry.js";

const CLOSING = 9; // screen pixels from the first vertex that close it

export class PolygonInHand {
  constructor(overlay) {
    Object.assign(this, { overlay, model: overlay.model, surface: overlay.surface, corners: null });
  }

  add(at) {
    this.corners ??= [];
    const [first] = this.corners;
    const start = first && this.surface.toScreen({ x: first[0], y: first[1] });
    if (this.corners.length > 2 && Math.hypot(at.x - start.x, at.y - start.y) < CLOSING) return this.close();
    const { x, y } = this.surface.toImage(at);
    this.corners.push([x, y]);
    this.sketch(at);
  }

  /** Show it with one more corner where the mouse is. */
  sketch(at) {
    const { x, y } = this.surface.toImage(at);
    this.overlay.sketch(withPoints({ kind: this.corners.length > 1 ? "polygon" : "line" }, [...this.corners, [x, y]]));
  }

  /** Take the last corner back; the one before is where the sketch ends if there is no mouse. */
  back(pointer) {
    this.corners.pop();
    if (this.corners.length) this.sketch(pointer ?? this.surface.toScreen(this.last()));
    else this.drop();
  }

  last() {
    const [x, y] = this.corners[this.corners.length - 1];
    return { x, y };
  }

  /** A double click closes it; its two clicks have put one corner too many. */
  twice() {
    if (!this.corners) return;
    const [a, b] = this.corners.slice(-2).map(([x, y]) => this.surface.toScreen({ x, y }));
    if (b && Math.hypot(a.x - b.x, a.y - b.y) < CLOSING) this.corners.pop();
    this.close();
  }

  close() {
    const points = this.corners;
    if (points.length < 3) return this.drop();
    this.corners = null;
    const shape = withPoints({ kind: "polygon" }, points);
    this.overlay.sketch(shape);
    this.model.send({ type: "draw", shape });
  }

  /** Give it up. */
  drop() {
    this.corners = null;
    this.overlay.draft = null;
    this.overlay.held.refresh();
  }
}
