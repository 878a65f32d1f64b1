// Contrast and bias by the mouse: with the tool in hand, a drag over the picture sets them for the top image.
//
// Across is bias, 0 at the left edge to 1 at the right; up is contrast, 0 at the bottom to 4 at the top. A
// double click or the key r puts back 1 and 0.5. The values are the widget's own state, so the newest alone
// travels while the kernel is busy; whoever draws in the browser may take them at once from the figure's
// event "imviz-contrast". What happens with other tools in hand is not ours.

import { isTyping, listen, onFigure } from "../page/surface.js";

const MOST_CONTRAST = 4;
const AS_IT_CAME = { contrast: 1, bias: 0.5 };

class Contrast {
  constructor(model, surface) {
    Object.assign(this, { model, surface, held: null });
    const capture = { capture: true }; // before mouse.js, which would pan or show the whole image
    this.undo = [
      listen(
        surface.figure,
        {
          pointerdown: (event) => this.press(event),
          pointermove: (event) => this.move(event),
          pointerup: (event) => this.release(event),
          pointercancel: (event) => this.release(event),
          dblclick: (event) => this.mine({}) && this.take(event) && this.put(AS_IT_CAME), // region_gestures.js marks them all
          keydown: (event) => this.key(event),
        },
        capture
      ),
    ];
    this.changed = () => this.tell();
    model.on("change:contrast change:bias", this.changed);
  }

  end() {
    this.undo.forEach((undo) => undo());
    this.model.off("change:contrast change:bias", this.changed);
    if (this.label) this.label.remove();
  }

  mine(event) {
    const hand = this.surface.figure.classList.contains("imviz-hand"); // the space bar is down
    return this.surface.tool === "contrast" && !hand && !event.imvizTaken && this.surface.ready;
  }

  take(event) {
    event.imvizTaken = true;
    event.preventDefault();
    return true;
  }

  press(event) {
    if (event.button !== 0 || !this.mine(event)) return;
    this.take(event);
    this.surface.figure.focus({ preventScroll: true });
    this.surface.figure.setPointerCapture(event.pointerId);
    this.held = { id: event.pointerId, from: this.surface.at(event), moved: false };
  }

  move(event) {
    const { held, surface } = this;
    if (!held || held.id !== event.pointerId) return;
    const to = surface.at(event);
    held.moved ||= Math.hypot(to.x - held.from.x, to.y - held.from.y) > 2; // a click is no drag
    if (!held.moved) return;
    const part = (value) => Math.min(1, Math.max(0, value));
    this.put({ bias: part(to.x / surface.width), contrast: MOST_CONTRAST * part(1 - to.y / surface.height) });
  }

  release(event) {
    if (!this.held || this.held.id !== event.pointerId) return;
    this.held = null;
    if (this.label) this.label.remove();
    this.label = null;
  }

  key(event) {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target));
    if (event.key !== "r" || !plain || !this.mine(event)) return;
    this.take(event);
    event.stopImmediatePropagation();
    this.put(AS_IT_CAME);
  }

  put(values) {
    this.model.set(values);
    this.model.save_changes(); // ipywidgets holds what is newer until the kernel has answered
  }

  /** Show the values while they change, and tell who draws. */
  tell() {
    const { model, surface } = this;
    const detail = { contrast: model.get("contrast"), bias: model.get("bias") };
    surface.figure.dispatchEvent(new CustomEvent("imviz-contrast", { detail }));
    if (!this.held) return;
    if (!this.label) {
      this.label = document.createElement("div");
      this.label.className = "imviz-values";
      surface.figure.appendChild(this.label);
    }
    this.label.textContent = `Contrast ${detail.contrast.toFixed(2)}   Bias ${detail.bias.toFixed(2)}`;
    Object.assign(this.label.style, { left: `${surface.left + 8}px`, top: `${surface.top + 8}px` });
  }
}

export default onFigure((model, surface) => new Contrast(model, surface));
