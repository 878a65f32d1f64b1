// SVG elements, and what a compound shape covers as a fill: outlines alone do not tell "and" from "xor".
//
// The parts are combined by SVG masks, in image coordinates. No page events, no state.

function make(name, attributes, parent) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.appendChild(node);
  return node;
}

const place = (shape) => `translate(${shape.x} ${shape.y}) rotate(${shape.angle ?? 0})`;

const MOST_PARTS = 48; // each "xor" draws its parts twice; beyond this the outlines must do
let nMasks = 0;

/** A box around all of a shape, with some room: {x, y, width, height}. */
function roomOf(shape) {
  const boxes = simpleParts(shape).map((part) => {
    const half = halves(part);
    const reach = 1.1 * Math.hypot(half.x, half.y) + 1;
    return [part.x - reach, part.y - reach, part.x + reach, part.y + reach];
  });
  const [x, y] = [0, 1].map((n) => Math.min(...boxes.map((box) => box[n])));
  const [right, top] = [2, 3].map((n) => Math.max(...boxes.map((box) => box[n])));
  return { x, y, width: right - x, height: top - y };
}

/** A group in which only what `shape` covers (or, if `outside`, does not cover) of its content shows. */
function maskedBy(shape, outside, room, parent) {
  const id = `imviz-mask-${(nMasks += 1)}`;
  const group = make("g", { mask: `url(#${id})` }, parent);
  const mask = make("mask", { id, maskUnits: "userSpaceOnUse", ...room }, group);
  if (outside) make("rect", { ...room, fill: "#fff" }, mask);
  paint(shape, outside ? "#000" : "#fff", room, mask);
  return group;
}

/** Fill what `shape` covers with a colour. */
function paint(shape, fill, room, parent) {
  if (shape.kind !== "compound") {
    const path = make("path", { d: outline(shape), transform: place(shape), "fill-rule": "evenodd" }, parent);
    path.style.fill = fill;
    return;
  }
  const [first, second] = shape.parts;
  if (shape.by === "and") paint(first, fill, room, maskedBy(second, false, room, parent));
  else if (shape.by === "xor") {
    paint(first, fill, room, maskedBy(second, true, room, parent));
    paint(second, fill, room, maskedBy(first, true, room, parent));
  } else for (const part of shape.parts) paint(part, fill, room, parent);
}

/** Fill a group with what a compound shape covers; empty it for any other shape. */
function cover(shape, group) {
  group.replaceChildren();
  if (shape.kind === "compound" && simpleParts(shape).length <= MOST_PARTS)
    paint(shape, "currentColor", roomOf(shape), group);
}
