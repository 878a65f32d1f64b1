// The keys that act on regions: copy, paste, delete, recentre, nudge, give up. Those we have no use for go on to mouse.js.

import { isTyping, listen } from "../page/surface.js";

const QUIET = 300; // milliseconds without an arrow key after which the kernel is told
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Keys {
  constructor(hand) {
    Object.assign(this, { hand, overlay: hand.overlay, model: hand.model, surface: hand.surface, nudged: null });
    const handlers = { keydown: (event) => this.key(event), blur: () => this.flush() };
    this.undo = listen(this.surface.figure, handlers, { capture: true });
  }

  end() {
    this.flush();
    this.undo();
  }

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
    const at = this.hand.pointer ? this.surface.toImage(this.hand.pointer) : null;
    const say = {
      c: this.overlay.selected.length && (() => ({ type: "copy", labels: this.overlay.selected })),
      v: () => ({ type: "paste", at }),
      z: () => ({ type: event.shiftKey ? "redo" : "undo" }),
      y: () => ({ type: "redo" }),
      a: () => ({ type: "select", labels: [...this.overlay.index.places.keys()] }),
    }[key];
    if (!say || event.altKey) return false;
    this.flush();
    this.model.send(say());
    return true;
  }

  plain(event) {
    const busy = this.hand.gesture || this.hand.polygon.corners;
    const chosen = this.overlay.selected.length > 0;
    if (event.key === "Escape" && busy) this.hand.drop();
    else if (event.key === "Enter" && this.hand.polygon.corners) this.hand.polygon.close();
    else if (event.key === "Backspace" && this.hand.polygon.corners) this.hand.polygon.back(this.hand.pointer);
    else if (["Delete", "Backspace"].includes(event.key) && chosen && !busy) this.say("remove");
    else if (event.key === "o" && chosen && !busy && !event.altKey) this.say("recentre");
    else if (ARROWS[event.key] && chosen && !busy && !event.altKey) this.nudge(event);
    else return false;
    return true;
  }

  /** Have something done to the selected regions that are not locked. */
  say(type) {
    this.flush();
    this.model.send({ type, labels: this.overlay.selectedEntries.filter((e) => !e.locked).map((e) => e.label) });
  }

  /** Move the selected regions by one image pixel, ten with Shift; the kernel hears when the keys rest. */
  nudge(event) {
    const taken = this.overlay.selectedEntries.filter((entry) => !entry.locked && !entry.live.immovable);
    this.nudged ??= { shapes: new Map(taken.map((entry) => [entry.label, entry.live])), x: 0, y: 0 };
    const size = event.shiftKey ? 10 : 1;
    this.nudged.x += ARROWS[event.key][0] * size;
    this.nudged.y += ARROWS[event.key][1] * size;
    this.hand.shift(this.nudged.shapes, { x: 0, y: 0 }, this.nudged);
    clearTimeout(this.nudged.timer);
    this.nudged.timer = setTimeout(() => this.flush(), QUIET);
  }

  /** Tell the kernel of what the arrow keys have moved. */
  flush() {
    if (!this.nudged) return;
    const { shapes, timer } = this.nudged;
    clearTimeout(timer);
    this.hand.tell(shapes);
    this.nudged = null;
  }
}
