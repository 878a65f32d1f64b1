// Two images of one viewer compared: one fades into the other by a slider, or a divider dragged over the picture
// has one to its left and the other to its right. All in the browser: the picture draws each layer with an opacity
// or a clipping range of its own for as long as it lasts, and nothing is asked of the kernel.

import { listen, onFigure } from "../page/surface.js";

class Comparison {
  constructor(model, surface) {
    Object.assign(this, { model, surface, at: model.get("at"), grip: null });
    this.changed = () => this.update();
    this.seen = () => ((this.at = model.get("at")), this.update());
    model.on("change:mode change:left change:right", this.changed);
    model.on("change:at", this.seen);
    this.undo = surface.onChange(() => {}, () => this.place());
    this.update();
  }

  end() {
    this.model.off("change:mode change:left change:right", this.changed);
    this.model.off("change:at", this.seen);
    this.undo();
    this.grip?.remove();
    this.show(null);
  }

  /** Tell the picture how each layer is drawn; it may come after us. */
  show(looks) {
    const picture = this.surface.figure.imvizPicture;
    clearTimeout(this.waiting);
    if (picture) picture.store.compare(looks);
    else if (looks) this.waiting = setTimeout(() => this.update(), 100);
  }

  update() {
    const { model, at } = this;
    const [mode, left, right] = ["mode", "left", "right"].map((name) => model.get(name));
    if (this.grip?.dataset.mode !== mode) this.remake(mode);
    if (!mode) return this.show(null);
    const looks =
      mode === "swipe"
        ? { [left]: { clip: [0, at], opacity: 1 }, [right]: { clip: [at, 1], opacity: 1 } }
        : { [left]: { opacity: 1, first: true }, [right]: { opacity: at } };
    this.show(looks);
    this.place();
  }

  remake(mode) {
    this.grip?.remove();
    this.grip = mode ? (mode === "swipe" ? this.divider() : this.slider()) : null;
    if (!this.grip) return;
    this.grip.dataset.mode = mode;
    this.surface.figure.parentElement.appendChild(this.grip);
  }

  /** A line over the whole height that the hand drags; arrow keys move it too. */
  divider() {
    const line = document.createElement("div");
    line.className = "imviz-swipe";
    Object.assign(line, { tabIndex: 0, role: "slider", ariaLabel: "Divider", ariaValueMin: "0", ariaValueMax: "100" });
    const names = ["left", "right"].map((side) => {
      const name = document.createElement("span");
      name.className = `imviz-swipe-${side}`;
      line.appendChild(name);
      return name;
    });
    this.name = () => names.forEach((name, n) => (name.textContent = this.model.get(["left", "right"][n])));
    listen(line, {
      pointerdown: (event) => {
        line.setPointerCapture(event.pointerId);
        this.taken(event);
      },
      pointermove: (event) => {
        if (!line.hasPointerCapture(event.pointerId)) return;
        this.taken(event);
        this.move(this.surface.at(event).x / this.surface.width);
      },
      pointerup: () => this.tell(),
      keydown: (event) => {
        const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
        if (!step) return;
        this.taken(event);
        this.move(this.at + step);
        this.tell();
      },
    });
    return line;
  }

  slider() {
    const box = document.createElement("label");
    box.className = "imviz-fade";
    const names = ["left", "right"].map(() => document.createElement("span"));
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: "0", max: "1", step: "0.01", ariaLabel: "Fade between two images" });
    input.addEventListener("input", () => this.move(Number(input.value)));
    input.addEventListener("change", () => this.tell());
    box.append(names[0], input, names[1]);
    this.name = () => {
      names.forEach((name, n) => (name.textContent = this.model.get(["left", "right"][n])));
      input.value = String(this.at);
    };
    return box;
  }

  move(at) {
    this.at = Math.min(Math.max(at, 0), 1);
    this.update();
  }

  tell() {
    this.model.set("at", this.at);
    this.model.save_changes();
  }

  place() {
    const { grip, surface, at } = this;
    if (!grip) return;
    this.name();
    if (grip.dataset.mode !== "swipe") return;
    grip.ariaValueNow = String(Math.round(at * 100));
    Object.assign(grip.style, {
      left: `${surface.left + at * surface.width}px`,
      top: `${surface.top}px`,
      height: `${surface.height}px`,
    });
  }

  taken(event) {
    event.preventDefault();
    event.stopPropagation();
  }
}

export default onFigure((model, surface) => new Comparison(model, surface));
