// Drawing points and paths on a canvas: exactly where they are few, by stamps where they are many.
//
// A layer is {x, y, colors, which?, ...} in image pixels. In a crowded view marks shrink, so that a field
// of a hundred thousand is a field of dots and not a solid colour. No page events, no state but stamps.

const FEW = 2500; // marks in view up to which each is drawn as a path
const COVER = 0.3; // of the view that marks may cover before they shrink
const LEAST = 1.6; // screen pixels: no mark becomes smaller
const FAINTEST = 0.3; // of its opacity: no mark becomes fainter

const MARKS = {
  circle: (c, x, y, r) => (c.moveTo(x + r, y), c.arc(x, y, r, 0, 2 * Math.PI)),
  dot: (c, x, y, r) => (c.moveTo(x + r, y), c.arc(x, y, r, 0, 2 * Math.PI)),
  square: (c, x, y, r) => c.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  diamond: (c, x, y, r) => corners(c, [[x + r, y], [x, y + r], [x - r, y], [x, y - r]]),
  triangle: (c, x, y, r) => corners(c, [[x, y - r], [x + 0.87 * r, y + 0.5 * r], [x - 0.87 * r, y + 0.5 * r]]),
  plus: (c, x, y, r) => (c.moveTo(x - r, y), c.lineTo(x + r, y), c.moveTo(x, y - r), c.lineTo(x, y + r)),
  x: (c, x, y, r) => {
    const d = 0.75 * r;
    c.moveTo(x - d, y - d), c.lineTo(x + d, y + d), c.moveTo(x - d, y + d), c.lineTo(x + d, y - d);
  },
};

function corners(context, points) {
  points.forEach(([x, y], n) => (n ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

/** How much smaller marks are drawn when there are `n` of `size` in a view. */
function shrinkage(n, size, view) {
  return n < 200 ? 1 : Math.min(1, Math.sqrt((COVER * view.width * view.height) / (n * size * size)));
}

export const sizeOf = (layer, i) => (layer.sizes ? layer.sizes[i] : layer.size);
export const colorOf = (layer, i) => layer.colors[layer.which ? layer.which[i] : 0];

/** Draw one mark. */
function drawMark(context, layer, size, color, x, y) {
  const solid = layer.fill || layer.marker === "dot" || size < 4;
  context.beginPath();
  MARKS[size < 3 ? "dot" : layer.marker](context, x, y, size / 2);
  context.lineWidth = Math.min(layer.width, size / 3);
  context[solid && !/plus|^x$/.test(layer.marker) ? "fillStyle" : "strokeStyle"] = color;
  if (solid && !/plus|^x$/.test(layer.marker)) context.fill();
  else context.stroke();
}

/** Draw a layer of points. Returns the numbers of those in view, if they are few. */
export function drawPoints(context, view, ratio, layer) {
  const found = layer.grid.inside(view.box(layer.largest));
  const shrunk = shrinkage(found.length, layer.typical, view);
  const faded = Math.min(1, ((layer.typical * shrunk) / LEAST) ** 1.5); // smaller than a mark can be: fainter
  context.globalAlpha = layer.alpha * Math.max(faded, FAINTEST);
  const place = (i) => [(layer.x[i] - view.x0) * view.sx, (view.y1 - layer.y[i]) * view.sy];
  if (found.length <= FEW)
    for (const i of found)
      drawMark(context, layer, Math.max(sizeOf(layer, i) * shrunk, LEAST), colorOf(layer, i), ...place(i));
  else stampAll(context, view, ratio, layer, found, shrunk);
  context.globalAlpha = 1;
  return found;
}

/** One mark as pixels: where they are from its middle, and their colour (RGBA as one number). */
function stampOf(layer, size, color, ratio) {
  const half = Math.ceil((size / 2 + layer.width) * ratio) + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * half + 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(ratio, ratio);
  drawMark(context, layer, size, color, (half + 0.5) / ratio, (half + 0.5) / ratio);
  const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.width).data.buffer);
  const stamp = { dx: [], dy: [], rgba: [], half };
  pixels.forEach((rgba, n) => {
    if (rgba >>> 24 < 24) return;
    stamp.dx.push((n % canvas.width) - half);
    stamp.dy.push(Math.floor(n / canvas.width) - half);
    stamp.rgba.push(rgba);
  });
  return stamp;
}

const scratch = { canvas: null, context: null };

/** Draw many marks by copying their pixels, each in the nearest place: 10^5 in a few milliseconds. */
function stampAll(context, view, ratio, layer, found, shrunk) {
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  scratch.canvas ??= document.createElement("canvas");
  if (scratch.canvas.width !== width || scratch.canvas.height !== height)
    Object.assign(scratch.canvas, { width, height });
  scratch.context ??= scratch.canvas.getContext("2d", { willReadFrequently: true });
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const stamps = new Map();
  for (const i of found) {
    const size = Math.max(Math.round(sizeOf(layer, i) * shrunk * 4) / 4, LEAST);
    const key = size * 65536 + (layer.which ? layer.which[i] : 0);
    let stamp = stamps.get(key);
    if (!stamp) stamps.set(key, (stamp = stampOf(layer, size, colorOf(layer, i), ratio)));
    const x = Math.floor((layer.x[i] - view.x0) * view.sx * ratio);
    const y = Math.floor((view.y1 - layer.y[i]) * view.sy * ratio);
    const { dx, dy, rgba, half } = stamp;
    const inside = x >= half && y >= half && x < width - half && y < height - half;
    for (let k = 0; k < dx.length; k += 1) {
      const [column, row] = [x + dx[k], y + dy[k]];
      if (!inside && (column < 0 || row < 0 || column >= width || row >= height)) continue;
      const at = row * width + column;
      if (rgba[k] >>> 24 >= pixels[at] >>> 24) pixels[at] = rgba[k];
    }
  }
  scratch.context.putImageData(image, 0, 0);
  context.drawImage(scratch.canvas, 0, 0, width / ratio, height / ratio);
}

/** Draw some points of a layer so that they stand out. */
export function highlight(context, view, layer, indices) {
  for (const i of indices) {
    const [x, y] = [(layer.x[i] - view.x0) * view.sx, (view.y1 - layer.y[i]) * view.sy];
    if (!(x > -20 && y > -20 && x < view.width + 20 && y < view.height + 20)) continue;
    const radius = Math.max(sizeOf(layer, i), 7) / 2 + 2.5;
    for (const [color, width] of [["rgba(0, 0, 0, 0.65)", 4.5], ["#fff", 2]]) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      Object.assign(context, { strokeStyle: color, lineWidth: width });
      context.stroke();
    }
  }
}

/** Trace one line of a layer of paths; points nearer than half a screen pixel are left out. */
function trace(context, view, layer, from, to) {
  const { x, y } = layer;
  let [lastX, lastY, down] = [NaN, NaN, false];
  for (let i = from; i < to; i += 1) {
    const [px, py] = [(x[i] - view.x0) * view.sx, (view.y1 - y[i]) * view.sy];
    if (!Number.isFinite(px) || !Number.isFinite(py)) down = false;
    else if (!down) {
      context.moveTo(px, py);
      [down, lastX, lastY] = [true, px, py];
    } else if (i === to - 1 || Math.abs(px - lastX) + Math.abs(py - lastY) > 0.7) {
      context.lineTo(px, py);
      [lastX, lastY] = [px, py];
    }
  }
  if (layer.closed) context.closePath();
}

/** Draw a layer of paths. */
export function drawPaths(context, view, layer) {
  const { x, y } = view.box(layer.width);
  const { bounds, starts } = layer;
  context.setLineDash(layer.dash);
  Object.assign(context, { lineWidth: layer.width, lineJoin: "round", lineCap: "butt" });
  layer.colors.forEach((color, c) => {
    context.beginPath();
    for (let n = 0; n < starts.length - 1; n += 1) {
      if (layer.which && layer.which[n] !== c) continue;
      const b = 4 * n;
      if (bounds[b] > x[1] || bounds[b + 1] < x[0] || bounds[b + 2] > y[1] || bounds[b + 3] < y[0]) continue;
      trace(context, view, layer, starts[n], starts[n + 1]);
    }
    if (layer.fill) {
      Object.assign(context, { fillStyle: color, globalAlpha: layer.fill });
      context.fill();
    }
    Object.assign(context, { strokeStyle: color, globalAlpha: layer.alpha });
    context.stroke();
  });
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** The box around each line: [x0, x1, y0, y1, ...]. */
export function boundsOf({ x, y, starts }) {
  const bounds = new Float64Array(4 * (starts.length - 1));
  for (let n = 0; n < starts.length - 1; n += 1) {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = starts[n]; i < starts[n + 1]; i += 1) {
      if (x[i] < x0) x0 = x[i];
      if (x[i] > x1) x1 = x[i];
      if (y[i] < y0) y0 = y[i];
      if (y[i] > y1) y1 = y[i];
    }
    bounds.set([x0, x1, y0, y1], 4 * n);
  }
  return bounds;
}

const FONT = '500 12px Roboto, "Helvetica Neue", Arial, sans-serif';

/** Writes texts where there is room: of two that would lie on each other the first stays. */
export class Labels {
  constructor(context, most = 150) {
    Object.assign(this, { context, most, taken: [] });
    Object.assign(context, { font: FONT, textAlign: "center", textBaseline: "alphabetic", lineJoin: "round" });
  }

  write(text, x, y, color) {
    const { context, taken } = this;
    if (taken.length >= this.most || !text) return;
    const half = context.measureText(text).width / 2 + 3;
    const crowded = taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 15);
    if (crowded) return;
    taken.push({ x, y, half });
    Object.assign(context, { strokeStyle: "rgba(0, 0, 0, 0.6)", lineWidth: 3, fillStyle: color });
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}
