// Drawing and editing shapes: what a drag draws, the handles of a shape, and what dragging one does.
//
// Every function returns a new shape; nothing is rounded or drawn to a grid.

import { fromOwn, halves, hole, segmentDistance, toOwn, withPoints } from "./geometry.js";

/** The shape a drag from one image point to another draws; `even` makes it square or round. */
export function drawn(tool, from, to, even) {
  const radius = Math.hypot(to.x - from.x, to.y - from.y);
  if (tool === "circle") return { kind: "circle", x: from.x, y: from.y, radius };
  if (tool === "annulus")
    return { kind: "annulus", x: from.x, y: from.y, inner_radius: radius / 2, outer_radius: radius };
  if (tool === "line") {
    if (even) to = alongAxes(from, to);
    return withPoints({ kind: "line" }, [[from.x, from.y], [to.x, to.y]]);
  }
  let [dx, dy] = [to.x - from.x, to.y - from.y];
  if (even) {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    [dx, dy] = [side * (Math.sign(dx) || 1), side * (Math.sign(dy) || 1)];
  }
  const [width, height] = [Math.abs(dx), Math.abs(dy)];
  const shape = { kind: tool, x: from.x + dx / 2, y: from.y + dy / 2, angle: 0 };
  if (!/annulus/.test(tool)) return { ...shape, width, height };
  return { ...shape, inner_width: width / 2, outer_width: width, inner_height: height / 2, outer_height: height };
}

/** The end of a line turned to the nearest 15 degrees. */
function alongAxes(from, to) {
  const step = Math.PI / 12;
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) };
}

/** The shape a click draws: a point, or the pixel around it. */
export function dropped(tool, { x, y }) {
  if (tool === "point") return { kind: "point", x, y };
  const middle = (value) => Math.floor(value + 0.5);
  return { kind: "rectangle", x: middle(x), y: middle(y), width: 1, height: 1, angle: 0 };
}

/** A line with those of its points left out that lie within `least` of the line without them. */
export function simplified(points, least) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, at] = [0, 0];
  points.forEach(([x, y], n) => {
    const distance = segmentDistance(first, last, { x, y });
    if (distance > farthest) [farthest, at] = [distance, n];
  });
  if (farthest <= least) return [first, last];
  return [...simplified(points.slice(0, at + 1), least).slice(0, -1), ...simplified(points.slice(at), least)];
}

// ---- handles: {own: place in the shape's frame, drag(shape, point, even, least) -> new shape}
// `least` is the smallest length a drag may leave, so that a shape never turns inside out.

const radial = (name, low, high) => (shape, point, even, least) => {
  const radius = Math.hypot(point.x - shape.x, point.y - shape.y);
  const [from, to] = [low ? shape[low] + least : least, high ? Math.max(shape[high] - least, least) : Infinity];
  return { ...shape, [name]: Math.min(Math.max(radius, from), to) };
};

export const COMPASS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];
export const CORNERS = [
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
];

const ring = (radius, drag) => COMPASS.map(([x, y]) => ({ own: { x: x * radius, y: y * radius }, drag }));

/** A handle on an axis of a shape that stays about its centre (an ellipse on its star). */
const axial = ([x, y]) => ({
  sign: { x, y },
  drag: (shape, point, even, least) => {
    const own = toOwn(shape, point);
    const size = Math.max(2 * Math.abs(x ? own.x : own.y), least);
    return even ? { ...shape, width: size, height: size } : { ...shape, [x ? "width" : "height"]: size };
  },
});

/** A handle on a corner or side of a rectangle: the opposite one stays where it is. */
const opposite = ([x, y]) => ({
  sign: { x, y },
  drag: (shape, point, even, least) => {
    const own = toOwn(shape, point);
    const [w, h] = [shape.width / 2, shape.height / 2];
    let width = x ? Math.max(own.x * x + w, least) : shape.width;
    let height = y ? Math.max(own.y * y + h, least) : shape.height;
    if (even && x && y) width = height = Math.max(width, height);
    const centre = fromOwn(shape, { x: x * (width / 2 - w), y: y * (height / 2 - h) });
    return { ...shape, ...centre, width, height };
  },
});

/** Turns the shape so that its own y axis points to the mouse; `even` stops at every 15 degrees. */
const rotation = {
  rotates: true,
  drag: (shape, point, even) => {
    let angle = (Math.atan2(point.y - shape.y, point.x - shape.x) * 180) / Math.PI - 90;
    if (even) angle = Math.round(angle / 15) * 15;
    return { ...shape, angle: ((angle % 360) + 360) % 360 };
  },
};

/** A handle on an axis of an annulus's outer or inner outline; `even` changes the shape as a whole. */
const annular = ([x, y], which) => ({
  sign: { x, y },
  of: which,
  drag: (shape, point, even, least) => {
    const own = toOwn(shape, point);
    const side = x ? "width" : "height";
    const wanted = 2 * Math.abs(x ? own.x : own.y);
    if (even) {
      const factor = Math.max(wanted, 2 * least) / shape[`${which}_${side}`];
      const sizes = ["inner_width", "outer_width", "inner_height", "outer_height"];
      return { ...shape, ...Object.fromEntries(sizes.map((name) => [name, shape[name] * factor])) };
    }
    const other = shape[`${which === "outer" ? "inner" : "outer"}_${side}`];
    const size =
      which === "outer"
        ? Math.max(wanted, other + least)
        : Math.min(Math.max(wanted, least), Math.max(other - least, other / 2));
    return { ...shape, [`${which}_${side}`]: size };
  },
});

const vertex = ([x, y], n) => ({
  at: { x, y },
  vertex: n,
  drag: (shape, point) => withPoints(shape, shape.points.map((old, m) => (m === n ? [point.x, point.y] : old))),
});

/** A handle in the middle of a polygon's side: dragging it makes a new vertex there. */
const between = (points, n) => {
  const next = points[(n + 1) % points.length];
  const at = { x: (points[n][0] + next[0]) / 2, y: (points[n][1] + next[1]) / 2 };
  return {
    at,
    adds: true,
    drag: (shape, point) =>
      withPoints(shape, [...shape.points.slice(0, n + 1), [point.x, point.y], ...shape.points.slice(n + 1)]),
  };
};

/** A polygon without one of its vertices, or null if too few would be left. */
export function withoutVertex(shape, n) {
  return shape.kind === "polygon" && shape.points.length > 3
    ? withPoints(shape, shape.points.filter((_, m) => m !== n))
    : null;
}

const MOST_BETWEEN = 40; // vertices up to which a polygon's sides have handles too

const HANDLES = {
  circle: (s) => ring(s.radius, radial("radius")),
  annulus: (s) => [
    ...ring(s.outer_radius, radial("outer_radius", "inner_radius")),
    ...ring(s.inner_radius, radial("inner_radius", null, "outer_radius")),
  ],
  ellipse: () => [...COMPASS.map(axial), rotation],
  rectangle: () => [...CORNERS.map(opposite), ...COMPASS.map(opposite), rotation],
  "ellipse-annulus": () => [...["outer", "inner"].flatMap((which) => COMPASS.map((at) => annular(at, which))), rotation],
  "rectangle-annulus": () => [...["outer", "inner"].flatMap((which) => COMPASS.map((at) => annular(at, which))), rotation],
  polygon: (s) => [
    ...(s.points.length <= MOST_BETWEEN ? s.points.map((_, n) => between(s.points, n)) : []),
    ...s.points.map(vertex),
  ],
  line: (s) => s.points.map(vertex),
};

/** The handles of a shape: [{at: image point, drag, rotates?, adds?}]; `reach` is how far out the turning one is. */
export function handles(shape, reach) {
  if (shape.fixed || !HANDLES[shape.kind]) return [];
  const half = halves(shape);
  return HANDLES[shape.kind](shape).map((handle) => {
    let { own } = handle;
    if (handle.rotates) own = { x: 0, y: half.y + reach };
    const size = handle.of === "inner" ? hole(shape) : half;
    if (handle.sign) own = { x: handle.sign.x * size.x, y: handle.sign.y * size.y };
    return { ...handle, at: handle.at ?? fromOwn(shape, own) };
  });
}
