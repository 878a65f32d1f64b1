// The keys, told over the picture: `?` opens the list, any key or click closes it.

const KEYS = [
  ["Drag, wheel, two fingers", "move and zoom"],
  ["Arrows (Shift: far)", "move the view, or the selected regions"],
  ["+  −", "zoom in, out"],
  ["f  Home  double click", "show everything"],
  ["1", "one image pixel per screen pixel"],
  ["[  ]", "previous view, next view"],
  ["b  B", "blink: next image, image before"],
  ["Space", "the hand, while it is down"],
  ["Esc", "give up; back to the hand"],
  ["Delete", "delete the selected regions"],
  ["Ctrl C  Ctrl V", "copy and paste regions"],
  ["o", "move the selected regions onto their sources"],
  ["l  m  d", "line profile, marker, distance"],
  ["?", "this list"],
];

class Help {
  constructor(figure) {
    Object.assign(this, { figure, panel: null });
  }

  get shown() {
    return this.panel !== null;
  }

  toggle() {
    if (this.shown) return this.close();
    this.panel = document.createElement("div");
    Object.assign(this.panel, { className: "imviz-keys", role: "dialog", ariaLabel: "Keys over the picture" });
    const list = document.createElement("dl");
    for (const [key, what] of KEYS) {
      for (const [tag, text] of [["dt", key], ["dd", what]]) {
        const item = document.createElement(tag);
        item.textContent = text;
        list.appendChild(item);
      }
    }
    this.panel.appendChild(list);
    this.panel.addEventListener("click", () => this.close());
    this.figure.parentElement.appendChild(this.panel);
  }

  close() {
    this.panel?.remove();
    this.panel = null;
  }
}
