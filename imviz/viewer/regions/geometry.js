// Shapes as plain numbers: where they reach, what they cover, and moving them. No page, no drawing.
//
// A shape is the dictionary that shapes.py makes: {kind, x, y, ...}, in image pixels, angles in degrees
// counter-clockwise. Its own frame has its origin at (x, y), its axes turned by its angle, y upwards.

const turn = (angle = 0) => ({ cos: Math.cos((angle * Math.PI) / 180), sin: Math.sin((angle * Math.PI) / 180) });

/** A point of the image in the shape's own frame. */
export function toOwn(shape, point) {
  const { cos, sin } = turn(shape.angle);
  const [dx, dy] = [point.x - shape.x, point.y - shape.y];
  return { x: dx * cos + dy * sin, y: dy * cos - dx * sin };
}

/** A point of the shape's own frame in the image. */
export function fromOwn(shape, own) {
  const { cos, sin } = turn(shape.angle);
  return { x: shape.x + own.x * cos - own.y * sin, y: shape.y + own.x * sin + own.y * cos };
}

/** The simple shapes a shape is made of: itself, or all parts of a compound. */
export function simpleParts(shape) {
  return shape.kind === "compound" ? shape.parts.flatMap(simpleParts) : [shape];
}

export const ROUND = new Set(["circle", "ellipse", "annulus", "ellipse-annulus"]);
export const OPEN = new Set(["line", "point"]); // shapes with nothing inside

/** Half width and half height of a shape in its own frame. */
export function halves(shape) {
  const radius = shape.outer_radius ?? shape.radius;
  if (radius !== undefined) return { x: radius, y: radius };
  if (shape.points) {
    const half = { x: 0, y: 0 };
    for (const [x, y] of shape.points) {
      half.x = Math.max(half.x, Math.abs(x - shape.x));
      half.y = Math.max(half.y, Math.abs(y - shape.y));
    }
    return half;
  }
  return { x: (shape.outer_width ?? shape.width ?? 0) / 2, y: (shape.outer_height ?? shape.height ?? 0) / 2 };
}

/** Half width and half height of the hole of an annulus, or null. */
export function hole(shape) {
  if (shape.inner_radius !== undefined) return { x: shape.inner_radius, y: shape.inner_radius };
  if (shape.inner_width !== undefined) return { x: shape.inner_width / 2, y: shape.inner_height / 2 };
  return null;
}

/** How far a simple shape reaches from its middle along the image's axes. */
function reachOf(shape) {
  const { x, y } = halves(shape);
  const { cos, sin } = turn(shape.angle);
  if (!shape.angle) return { x, y };
  if (ROUND.has(shape.kind)) return { x: Math.hypot(x * cos, y * sin), y: Math.hypot(x * sin, y * cos) };
  return { x: Math.abs(x * cos) + Math.abs(y * sin), y: Math.abs(x * sin) + Math.abs(y * cos) };
}

/** The box around a shape: [x0, x1, y0, y1]. */
export function boxOf(shape) {
  if (shape.kind === "compound") {
    const boxes = shape.parts.map(boxOf);
    const most = (n, f) => boxes.reduce((found, box) => f(found, box[n]), boxes[0][n]);
    return [most(0, Math.min), most(1, Math.max), most(2, Math.min), most(3, Math.max)];
  }
  const reach = reachOf(shape);
  return [shape.x - reach.x, shape.x + reach.x, shape.y - reach.y, shape.y + reach.y];
}

/** Where a label goes: the middle of the top of the shape on the image. */
export function crown(shape) {
  const tops = simpleParts(shape).map((part) => ({ x: part.x, y: part.y + reachOf(part).y }));
  return tops.reduce((best, top) => (top.y > best.y ? top : best));
}

/** The shape moved by (dx, dy). */
export function moved(shape, dx, dy) {
  const at = { ...shape, x: shape.x + dx, y: shape.y + dy };
  if (shape.points) at.points = shape.points.map(([x, y]) => [x + dx, y + dy]);
  if (shape.parts) at.parts = shape.parts.map((part) => moved(part, dx, dy));
  return at;
}

/** Whether a shape covers a point. */
export function covers(shape, point) {
  if (shape.kind === "compound") {
    const [first, second] = shape.parts.map((part) => covers(part, point));
    return shape.by === "and" ? first && second : shape.by === "xor" ? first !== second : first || second;
  }
  if (OPEN.has(shape.kind)) return false;
  if (shape.kind === "polygon") return insidePolygon(shape.points, point);
  const own = toOwn(shape, point);
  const within = (half) =>
    ROUND.has(shape.kind)
      ? (own.x / half.x) ** 2 + (own.y / half.y) ** 2 <= 1
      : Math.abs(own.x) <= half.x && Math.abs(own.y) <= half.y;
  const inner = hole(shape);
  return within(halves(shape)) && !(inner && within(inner));
}

function insidePolygon(points, { x, y }) {
  let inside = false;
  points.forEach(([x1, y1], n) => {
    const [x0, y0] = points[n ? n - 1 : points.length - 1];
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  });
  return inside;
}

/** How far a point is from a shape's outline, in image pixels (for ellipses along the ray from the middle). */
export function outlineDistance(shape, point) {
  if (shape.kind === "compound") return Math.min(...shape.parts.map((part) => outlineDistance(part, point)));
  if (shape.kind === "point") return Math.hypot(point.x - shape.x, point.y - shape.y);
  if (shape.points) {
    const sides = shape.points.slice(1).map((end, n) => segmentDistance(shape.points[n], end, point));
    if (shape.kind === "polygon") sides.push(segmentDistance(shape.points[shape.points.length - 1], shape.points[0], point));
    return Math.min(...sides);
  }
  const own = toOwn(shape, point);
  const to = (half) => (ROUND.has(shape.kind) ? ellipseDistance(half, own) : frameDistance(half, own));
  const inner = hole(shape);
  return Math.min(to(halves(shape)), inner ? to(inner) : Infinity);
}

function ellipseDistance(half, own) {
  const part = Math.hypot(own.x / half.x, own.y / half.y);
  return part ? Math.hypot(own.x, own.y) * Math.abs(1 - 1 / part) : Math.min(half.x, half.y);
}

function frameDistance(half, own) {
  const [x, y] = [Math.abs(own.x) - half.x, Math.abs(own.y) - half.y];
  return x <= 0 && y <= 0 ? Math.min(-x, -y) : Math.hypot(Math.max(x, 0), Math.max(y, 0));
}

export function segmentDistance([x0, y0], [x1, y1], { x, y }) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** A shape with a polygon's or line's points put elsewhere. */
export function withPoints(shape, points) {
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return { ...shape, points, x: mean(0), y: mean(1) };
}
