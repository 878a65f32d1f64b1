// What the kernel has asked the view to show (aim.py): a box or a scale, which each page turns into limits for its own
// window, when it is asked and again whenever the window changes, until the hand moves the view.

/** The limits about a centre with square pixels of `scale` image pixels each. */
export function around(centre, scale, surface) {
  const [halfX, halfY] = [(scale * surface.width) / 2, (scale * surface.height) / 2];
  return { x: [centre.x - halfX, centre.x + halfX], y: [centre.y - halfY, centre.y + halfY] };
}

export function middle(limits) {
  return { x: (limits.x[0] + limits.x[1]) / 2, y: (limits.y[0] + limits.y[1]) / 2 };
}

/** The smallest limits with square pixels that hold a box. */
export function containing(box, surface) {
  const scale = Math.max((box.x[1] - box.x[0]) / surface.width, (box.y[1] - box.y[0]) / surface.height);
  return around(middle(box), scale, surface);
}

export class Aim {
  constructor(model) {
    this.model = model;
  }

  /** The number of the newest wish that has come here; 0 before the first. */
  get n() {
    return this.model.get("aim").n;
  }

  /** The hand, in any view of the figure on this page, has moved on. The kernel is not told of this mark. */
  leave() {
    const aim = this.model.get("aim");
    if (!aim.left) this.model.set("aim", { ...aim, left: true });
  }

  /** The limits that show it on a surface; null once the hand has moved on. */
  limits(surface) {
    const { n, x, y, scale, left } = this.model.get("aim");
    if (!n || left) return null;
    return scale ? around(middle({ x, y }), scale, surface) : containing({ x, y }, surface);
  }
}
