// Fingers: two of them pinch and move the view, whatever tool is in hand. One finger is an ordinary pointer: it
// pans, draws or selects as the mouse does, so mouse.js and region_gestures.js need not know of it.

import { listen } from "../page/surface.js";

export class Pinch {
  constructor(mouse) {
    Object.assign(this, { mouse, surface: mouse.surface, fingers: new Map(), from: null });
    const handlers = {
      pointerdown: (event) => this.down(event),
      pointermove: (event) => this.move(event),
      pointerup: (event) => this.up(event),
      pointercancel: (event) => this.up(event),
    };
    this.undo = listen(this.surface.figure.parentElement, handlers, { capture: true }); // before any other hand
  }

  end() {
    this.undo();
  }

  down(event) {
    if (event.pointerType !== "touch") return;
    this.fingers.set(event.pointerId, this.surface.at(event));
    if (this.fingers.size === 2) {
      this.begin();
      this.take(event);
    }
  }

  /** Two fingers are down: what one of them had begun is given up. */
  begin() {
    this.mouse.cancel();
    const cancel = new PointerEvent("pointercancel", { pointerId: [...this.fingers.keys()][0], bubbles: false });
    this.surface.figure.dispatchEvent(cancel);
    const { centre, apart } = this.grip();
    this.from = { at: this.surface.toImage(centre), apart, scale: this.surface.perPixel() };
  }

  grip() {
    const [a, b] = [...this.fingers.values()];
    return { centre: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, apart: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 8) };
  }

  move(event) {
    if (!this.fingers.has(event.pointerId)) return;
    this.fingers.set(event.pointerId, this.surface.at(event));
    if (!this.from) return;
    this.take(event);
    if (this.fingers.size !== 2) return;
    const { centre, apart } = this.grip();
    this.mouse.pin(this.from.at, centre, (this.from.scale * this.from.apart) / apart);
  }

  up(event) {
    if (!event.isTrusted) return; // our own news to the other hands
    if (!this.fingers.delete(event.pointerId) || !this.from) return;
    this.take(event);
    if (this.fingers.size === 0) this.from = null; // the finger left over does not pan: it is being lifted
  }

  take(event) {
    event.imvizTaken = true;
    event.stopPropagation();
    event.preventDefault();
  }
}
