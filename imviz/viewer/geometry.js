// Shapes as plain numbers: their outline, their handles, and what dragging does to them. No page here.
//
// A shape is the dictionary that shapes.py makes: {kind, x, y, ...}, in image pixels, angles in degrees
// counter-clockwise. Outlines are SVG path data in the shape's own frame: origin at (x, y), axes turned
// by its angle, y upwards. Every function returns a new shape.

const turn = (angle = 0) => ({ cos: Math.cos((angle * Math.PI) / 180), sin: Math.sin((angle * Math.PI) / 180) });

/** A point of the image in the shape's own frame. */
function toOwn(shape, point) {
  const { cos, sin } = turn(shape.angle);
  const [dx, dy] = [point.x - shape.x, point.y - shape.y];
  return { x: dx * cos + dy * sin, y: dy * cos - dx * sin };
}

/** A point of the shape's own frame in the image. */
function fromOwn(shape, own) {
  const { cos, sin } = turn(shape.angle);
  return { x: shape.x + own.x * cos - own.y * sin, y: shape.y + own.x * sin + own.y * cos };
}

const ellipsePath = (a, b) => `M${a} 0A${a} ${b} 0 1 0 ${-a} 0A${a} ${b} 0 1 0 ${a} 0Z`;
const rectanglePath = (a, b) => `M${a} ${b}L${-a} ${b}L${-a} ${-b}L${a} ${-b}Z`;

const OUTLINES = {
  circle: (s) => ellipsePath(s.radius, s.radius),
  ellipse: (s) => ellipsePath(s.width / 2, s.height / 2),
  rectangle: (s) => rectanglePath(s.width / 2, s.height / 2),
  annulus: (s) => ellipsePath(s.outer_radius, s.outer_radius) + ellipsePath(s.inner_radius, s.inner_radius),
  "ellipse-annulus": (s) =>
    ellipsePath(s.outer_width / 2, s.outer_height / 2) + ellipsePath(s.inner_width / 2, s.inner_height / 2),
  "rectangle-annulus": (s) =>
    rectanglePath(s.outer_width / 2, s.outer_height / 2) + rectanglePath(s.inner_width / 2, s.inner_height / 2),
  polygon: (s) => "M" + s.points.map(([x, y]) => `${x - s.x} ${y - s.y}`).join("L") + "Z",
  point: () => "M0 0h0", // a round line end: a dot of the stroke's width at any zoom
};

/** Path data of a simple shape's outline. */
function outline(shape) {
  return OUTLINES[shape.kind](shape);
}

/** The simple shapes a shape is made of: itself, or all parts of a compound. */
function simpleParts(shape) {
  return shape.kind === "compound" ? shape.parts.flatMap(simpleParts) : [shape];
}

/** Half width and half height of a shape in its own frame. */
function halves(shape) {
  const radius = shape.outer_radius ?? shape.radius;
  if (radius !== undefined) return { x: radius, y: radius };
  if (shape.kind === "polygon") {
    const reach = (axis, middle) => Math.max(...shape.points.map((p) => Math.abs(p[axis] - middle)));
    return { x: reach(0, shape.x), y: reach(1, shape.y) };
  }
  return { x: (shape.outer_width ?? shape.width ?? 0) / 2, y: (shape.outer_height ?? shape.height ?? 0) / 2 };
}

/** Where a label goes: the middle of the top of the shape on the image. */
function crown(shape) {
  const parts = simpleParts(shape);
  const tops = parts.map((part) => {
    const { x, y } = halves(part);
    const { cos, sin } = turn(part.angle);
    const round = /circle|ellipse|^annulus/.test(part.kind);
    const reach = round ? Math.hypot(x * sin, y * cos) : Math.abs(x * sin) + Math.abs(y * cos);
    return { x: part.x, y: part.y + reach };
  });
  return tops.reduce((best, top) => (top.y > best.y ? top : best));
}

/** The shape moved by (dx, dy). */
function moved(shape, dx, dy) {
  const at = { ...shape, x: shape.x + dx, y: shape.y + dy };
  if (shape.points) at.points = shape.points.map(([x, y]) => [x + dx, y + dy]);
  return at;
}

/** The shape a drag from one image point to another draws; `even` makes it square or round. */
function drawn(tool, from, to, even) {
  const radius = Math.hypot(to.x - from.x, to.y - from.y);
  if (tool === "circle") return { kind: "circle", x: from.x, y: from.y, radius };
  if (tool === "annulus")
    return { kind: "annulus", x: from.x, y: from.y, inner_radius: radius / 2, outer_radius: radius };
  let [dx, dy] = [to.x - from.x, to.y - from.y];
  if (even) {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    [dx, dy] = [side * (Math.sign(dx) || 1), side * (Math.sign(dy) || 1)];
  }
  const [width, height] = [Math.abs(dx), Math.abs(dy)];
  return { kind: tool, x: from.x + dx / 2, y: from.y + dy / 2, width, height, angle: 0 };
}

// ---- handles: {own: place in the shape's frame, drag(shape, point, even, least) -> new shape}
// `least` is the smallest length a drag may leave, so that a shape never turns inside out.

const radial = (name, low, high) => (shape, point, even, least) => {
  const radius = Math.hypot(point.x - shape.x, point.y - shape.y);
  const [from, to] = [low ? shape[low] + least : least, high ? Math.max(shape[high] - least, least) : Infinity];
  return { ...shape, [name]: Math.min(Math.max(radius, from), to) };
};

const COMPASS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];
const CORNERS = [
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

/** Scales a shape as a whole about its centre. */
const scaling = ([x, y]) => ({
  sign: { x, y },
  drag: (shape, point, even, least) => {
    const own = toOwn(shape, point);
    const half = halves(shape);
    const factor = Math.max(x ? Math.abs(own.x) : Math.abs(own.y), least) / (x ? half.x : half.y);
    const sizes = ["inner_width", "outer_width", "inner_height", "outer_height"];
    return { ...shape, ...Object.fromEntries(sizes.map((name) => [name, shape[name] * factor])) };
  },
});

const vertex = ([x, y], n) => ({
  at: { x, y },
  drag: (shape, point) => {
    const points = shape.points.map((old, m) => (m === n ? [point.x, point.y] : old));
    const mean = (axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
    return { ...shape, points, x: mean(0), y: mean(1) };
  },
});

const HANDLES = {
  circle: (s) => ring(s.radius, radial("radius")),
  annulus: (s) => [
    ...ring(s.outer_radius, radial("outer_radius", "inner_radius")),
    ...ring(s.inner_radius, radial("inner_radius", null, "outer_radius")),
  ],
  ellipse: () => [...COMPASS.map(axial), rotation],
  rectangle: () => [...CORNERS.map(opposite), ...COMPASS.map(opposite), rotation],
  "ellipse-annulus": () => [...COMPASS.map(scaling), rotation],
  "rectangle-annulus": () => [...COMPASS.map(scaling), rotation],
  polygon: (s) => s.points.map(vertex),
  point: () => [],
};

/** The handles of a shape: [{at: image point, drag, rotates}]; `reach` is how far out the turning one is. */
function handles(shape, reach) {
  if (shape.fixed) return [];
  const half = halves(shape);
  return HANDLES[shape.kind](shape).map((handle) => {
    let { own } = handle;
    if (handle.rotates) own = { x: 0, y: half.y + reach };
    if (handle.sign) own = { x: handle.sign.x * half.x, y: handle.sign.y * half.y };
    return { ...handle, at: handle.at ?? fromOwn(shape, own) };
  });
}
