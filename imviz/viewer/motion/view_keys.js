// The keys that move the view, blink, take another tool and open the help; any other goes to the kernel's plugins.

import { around, middle } from "./aim.js";
import { isTyping } from "../page/surface.js";

export class ViewKeys {
  constructor(mouse) {
    this.mouse = mouse;
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const { mouse } = this;
    const { surface, history, help } = mouse;
    if (help.shown && event.key !== "?") help.close();
    const step = (event.shiftKey ? 0.5 : 0.1) * surface.perPixel();
    const centre = { x: surface.width / 2, y: surface.height / 2 };
    const actions = {
      ArrowLeft: () => this.shift(-step * surface.width, 0),
      ArrowRight: () => this.shift(step * surface.width, 0),
      ArrowUp: () => this.shift(0, step * surface.height),
      ArrowDown: () => this.shift(0, -step * surface.height),
      "+": () => mouse.zoom(1.25, centre),
      "=": () => mouse.zoom(1.25, centre),
      "-": () => mouse.zoom(0.8, centre),
      f: () => mouse.home(),
      Home: () => mouse.home(),
      1: () => mouse.show(around(middle(surface.limits()), 1, surface)),
      "[": () => history.back(),
      "]": () => history.forward(),
      "?": () => help.toggle(),
      b: () => mouse.tell({ type: "blink", backwards: false }),
      B: () => mouse.tell({ type: "blink", backwards: true }),
      Escape: () => (mouse.gesture ? mouse.cancel() : event.imvizTaken || this.take("pan")),
      " ": () => mouse.hold(true),
    };
    const examines = Object.hasOwn(mouse.model.get("examining"), event.key); // imexam's keys come first
    const ours = Object.hasOwn(actions, event.key) && !examines;
    if (!surface.ready || !(ours || (mouse.at && event.key.length === 1))) return;
    if (!ours) actions[event.key] = () => mouse.tell({ type: "key", key: event.key, ...mouse.at }); // for plugins
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }

  shift(right, up) {
    const { x, y } = this.mouse.surface.limits();
    this.mouse.show({ x: x.map((value) => value + right), y: y.map((value) => value + up) });
  }

  /** Take another tool in hand, and tell the kernel. */
  take(tool) {
    this.mouse.surface.tool = tool;
    this.mouse.tell({ type: "tool", tool });
  }
}
