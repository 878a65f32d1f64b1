// The box that a drag spans on the screen: to zoom into, or to select what is in it.

export class RubberBand {
  constructor(surface) {
    this.surface = surface;
    this.element = null;
  }

  /** Draw it between two screen points. */
  draw(from, to) {
    const { figure, left, top } = this.surface;
    if (!this.element) {
      this.element = document.createElement("div");
      this.element.className = "imviz-zoom-box";
      figure.appendChild(this.element);
    }
    Object.assign(this.element.style, {
      left: `${left + Math.min(from.x, to.x)}px`,
      top: `${top + Math.min(from.y, to.y)}px`,
      width: `${Math.abs(from.x - to.x)}px`,
      height: `${Math.abs(from.y - to.y)}px`,
    });
  }

  drop() {
    this.element?.remove();
    this.element = null;
  }

  /** The limits of the image between two screen points. */
  limits(from, to) {
    const [a, b] = [this.surface.toImage(from), this.surface.toImage(to)];
    return { x: [Math.min(a.x, b.x), Math.max(a.x, b.x)], y: [Math.min(a.y, b.y), Math.max(a.y, b.y)] };
  }
}
