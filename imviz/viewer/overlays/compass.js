// The compass: arrows in a corner of the figure, drawn anew only when the kernel says other vectors.

import { onFigure } from "../page/surface.js";

const SIZE = 96; // CSS pixels
const ARMS = { N: 34, E: 34, X: 22, Y: 22 };
const COLOURS = { N: "#4dd0ff", E: "#4dd0ff", X: "#ffd54a", Y: "#ffd54a" };

function svg(name, attributes, parent) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.appendChild(element);
  return element;
}

class CompassView {
  constructor(model, surface) {
    Object.assign(this, { model, surface });
    const half = SIZE / 2;
    const box = { class: "imviz-compass", viewBox: `${-half} ${-half} ${SIZE} ${SIZE}`, role: "img" };
    this.root = svg("svg", { ...box, width: SIZE, height: SIZE }, surface.figure.parentElement);
    this.draw = () => this.paint();
    for (const name of ["arrows", "shown"]) model.on(`change:${name}`, this.draw);
    this.paint();
  }

  end() {
    for (const name of ["arrows", "shown"]) this.model.off(`change:${name}`, this.draw);
    this.root.remove();
  }

  paint() {
    const { root, model } = this;
    const arrows = model.get("arrows");
    root.style.display = model.get("shown") && arrows.length ? "" : "none";
    root.replaceChildren();
    svg("circle", { r: SIZE / 2 - 1, fill: "rgba(20, 26, 32, 0.55)" }, root);
    for (const one of arrows) {
      const under = arrows.some((other) => ARMS[other.label] > ARMS[one.label] && other.x * one.x + other.y * one.y > 0.9);
      this.arrow(one.label, one.x, -one.y, under);
    }
    const told = arrows.map(({ label, x, y }) => `${label} ${(Math.round((Math.atan2(y, x) * 180) / Math.PI) + 360) % 360}°`);
    root.setAttribute("aria-label", `Compass: ${told.join(", ")} anticlockwise from the right`);
  }

  /** One arrow from the middle along a unit vector (y downwards), its letter beyond the tip, or beside it. */
  arrow(label, x, y, beside) {
    const [length, colour] = [ARMS[label] ?? 22, COLOURS[label] ?? "#fff"];
    const at = (along, across) => `${(x * along - y * across).toFixed(2)},${(y * along + x * across).toFixed(2)}`;
    svg("path", { d: `M0,0 L${at(length - 5, 0)}`, stroke: colour, "stroke-width": 2, fill: "none" }, this.root);
    svg("path", { d: `M${at(length, 0)} L${at(length - 7, 3.5)} L${at(length - 7, -3.5)} Z`, fill: colour }, this.root);
    const [tx, ty] = (beside ? at(length - 6, 11) : at(length + 7, 0)).split(",");
    const text = svg("text", { x: tx, y: ty, fill: colour, "data-arrow": label }, this.root);
    text.textContent = label;
  }
}

export default onFigure((model, surface) => new CompassView(model, surface));
