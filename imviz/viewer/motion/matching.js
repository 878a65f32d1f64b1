// Viewers that move together, in the browser alone: each says where it looks, the others follow by the affine map
// the kernel has given for the pair. Following is not said again, so there is no loop. The cursor's place is shown
// in the other viewers the same way.

import { listen } from "../page/surface.js";

const MATCH = "imviz-match"; // an event of the page; a group's name keeps two windows on a page apart

export class Matching {
  constructor(mouse) {
    Object.assign(this, { mouse, model: mouse.model, surface: mouse.surface, cross: null });
    this.undo = listen(document, { [MATCH]: (event) => this.hear(event.detail) });
  }

  end() {
    this.undo();
    this.cross?.remove();
  }

  say(news) {
    const { group, name } = this.model.get("match");
    if (group) document.dispatchEvent(new CustomEvent(MATCH, { detail: { group, name, ...news } }));
  }

  /** The hand has moved this view. */
  moved() {
    const { x, y } = this.surface.limits();
    this.say({ centre: [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2], scale: this.surface.perPixel() });
  }

  hear({ group, name, centre, scale, cursor }) {
    const match = this.model.get("match");
    const map = match.from?.[name];
    if (match.group !== group || match.name === name || !map || !this.surface.ready) return;
    const [a, b, c, d, e, f] = map;
    const at = ([px, py]) => ({ x: a * px + b * py + c, y: d * px + e * py + f });
    if (centre) this.mouse.follow(at(centre), scale * Math.sqrt(Math.abs(a * e - b * d)));
    if (cursor !== undefined) this.mark(match.crosshair && cursor ? this.surface.toScreen(at(cursor)) : null);
  }

  /** Show where the cursor is in another viewer, or nothing. */
  mark(point) {
    const { surface } = this;
    const inside = point && point.x >= 0 && point.y >= 0 && point.x <= surface.width && point.y <= surface.height;
    if (!inside) {
      this.cross?.remove();
      this.cross = null;
      return;
    }
    if (!this.cross) {
      this.cross = document.createElement("div");
      this.cross.className = "imviz-crosshair";
      surface.figure.parentElement.appendChild(this.cross);
    }
    this.cross.style.transform = `translate(${surface.left + point.x}px, ${surface.top + point.y}px)`;
  }
}
