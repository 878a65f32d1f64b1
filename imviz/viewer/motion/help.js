// The mouse and the keys, told over the picture: `?` opens the list, any key or click closes it.

const MOUSE = [
  ["Drag", "move the view, or the region there"],
  ["Wheel, two fingers", "zoom where the mouse is"],
  ["Double click", "show everything"],
  ["Click", "select a region (Shift: one more)"],
  ["Shift drag (hand tool)", "select what is in a box"],
  ["Drag (a shape's tool)", "draw it (Shift: as high as wide)"],
  ["Alt drag", "draw over a region"],
  ["Click, click … Enter", "corners of a polygon (⌫: one back)"],
];
const KEYS = [
  ["Arrows (Shift: far)", "move the view, or the selected regions"],
  ["+  −", "zoom in, out"],
  ["f  Home", "show everything"],
  ["1", "one image pixel per screen pixel"],
  ["[  ]", "previous view, next view"],
  ["b  B", "blink: next image, image before"],
  ["Space", "the hand, while it is down"],
  ["Esc", "give up; back to the hand"],
  ["Delete", "delete the selected regions"],
  ["o", "move the selected regions onto their sources"],
  ["Ctrl C  V  A", "copy, paste, select all regions"],
  ["Ctrl Z  Y", "undo, redo"],
  ["?", "this list"],
];
const PLUGINS = [
  ["l  k", "row and column; a cut from k to k"],
  ["m  d", "marker; a distance from d to d"],
];

export class Help {
  /** `examined` tells the keys that measure before any other use of them, and what each does. */
  constructor(figure, examined) {
    Object.assign(this, { figure, examined, panel: null });
  }

  get shown() {
    return this.panel !== null;
  }

  toggle() {
    if (this.shown) return this.close();
    this.panel = document.createElement("div");
    Object.assign(this.panel, { className: "imviz-keys", role: "dialog", ariaLabel: "Keys over the picture" });
    const examined = Object.entries(this.examined());
    const plain = KEYS.filter(([key]) => !examined.some(([taken]) => taken === key));
    if (examined.length) this.list("imexam keys, at the mouse", examined);
    this.list("Mouse", MOUSE);
    this.list("Keys", examined.length ? plain : [...plain, ...PLUGINS]);
    this.panel.addEventListener("click", () => this.close());
    this.figure.parentElement.appendChild(this.panel);
    this.figure.focus({ preventScroll: true }); // else no key closes it that was opened by a button
  }

  list(title, lines) {
    const section = this.panel.appendChild(document.createElement("section"));
    section.appendChild(document.createElement("h4")).textContent = title;
    const list = section.appendChild(document.createElement("dl"));
    for (const [key, what] of lines) {
      list.appendChild(document.createElement("dt")).textContent = key;
      list.appendChild(document.createElement("dd")).textContent = what;
    }
  }

  close() {
    this.panel?.remove();
    this.panel = null;
  }
}
