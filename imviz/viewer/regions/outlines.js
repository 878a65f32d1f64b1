// Drawing shapes on a canvas: their outlines, and what a compound covers as a fill (outlines alone do not tell
// "and" from "xor"). Image positions are subtracted from the view's as float64, so nothing large is rounded.

import { OPEN, ROUND, boxOf, fromOwn, halves, hole, simpleParts, toOwn } from "./geometry.js";
import { COMPASS, CORNERS } from "./handles.js";
import { View } from "../page/painter.js";

const HUGE = 8000; // screen pixels: a rounder arc than this is drawn as a line through its near part
const TINY = 2.5; // screen pixels: smaller shapes are squares
const CROWD = 1200; // shapes in view from which on their lines are thin, and ever fainter
const CHUNK = 400; // shapes stroked at once; a path of thousands is slow
const MOST_COVERS = 60; // compound shapes in view that are filled; more would hide the image anyway

/** Trace a simple shape's outline. */
export function traceShape(context, view, shape) {
  const [x, y] = [(shape.x - view.x0) * view.sx, (view.y1 - shape.y) * view.sy];
  if (shape.kind === "point") return tracePoint(context, x, y);
  if (shape.points) return tracePoints(context, view, shape);
  const half = halves(shape);
  if (Math.max(half.x, half.y) * view.sx < TINY / 2) return context.rect(x - TINY / 2, y - TINY / 2, TINY, TINY);
  const inner = hole(shape);
  for (const size of inner ? [half, inner] : [half])
    if (ROUND.has(shape.kind)) traceEllipse(context, view, shape, size, x, y);
    else
      CORNERS.forEach(([i, j], n) => {
        const corner = fromOwn(shape, { x: i * size.x, y: j * size.y });
        context[n ? "lineTo" : "moveTo"]((corner.x - view.x0) * view.sx, (view.y1 - corner.y) * view.sy);
        if (n === 3) context.closePath();
      });
}

function tracePoint(context, x, y) {
  context.moveTo(x + 3, y);
  context.arc(x, y, 3, 0, 2 * Math.PI);
  for (const [dx, dy] of COMPASS) {
    context.moveTo(x + 3 * dx, y + 3 * dy);
    context.lineTo(x + 8 * dx, y + 8 * dy);
  }
}

function tracePoints(context, view, shape) {
  shape.points.forEach(([x, y], n) => {
    context[n ? "lineTo" : "moveTo"]((x - view.x0) * view.sx, (view.y1 - y) * view.sy);
  });
  if (shape.kind === "polygon") context.closePath();
}

function traceEllipse(context, view, shape, half, x, y) {
  const [a, b] = [half.x * view.sx, half.y * view.sy];
  const angle = (-(shape.angle ?? 0) * Math.PI) / 180;
  if (Math.max(a, b) <= HUGE) {
    context.moveTo(x + a * Math.cos(angle), y + a * Math.sin(angle));
    context.ellipse(x, y, a, b, angle, 0, 2 * Math.PI);
    return;
  }
  // only the part near the view, in steps of a few screen pixels
  const middle = { x: view.x0 + view.width / view.sx / 2, y: view.y1 - view.height / view.sy / 2 };
  const own = toOwn(shape, middle);
  const at = Math.atan2(own.y / half.y, own.x / half.x);
  const span = Math.min(Math.PI, (3 * (view.width + view.height)) / Math.min(a, b));
  for (let n = -256; n <= 256; n += 1) {
    const t = at + (span * n) / 256;
    const point = fromOwn(shape, { x: half.x * Math.cos(t), y: half.y * Math.sin(t) });
    context[n > -256 ? "lineTo" : "moveTo"]((point.x - view.x0) * view.sx, (view.y1 - point.y) * view.sy);
  }
}

/** Stroke the outlines of entries [{live, color, ...}], those of one look together. */
export function strokeAll(context, view, entries, wide) {
  const looks = new Map();
  for (const entry of entries) {
    const dashed = entry.live.kind === "compound" ? "dashed" : entry.locked ? "dotted" : "solid";
    const look = `${dashed} ${entry.color} ${entry.opacity}`;
    if (!looks.has(look)) looks.set(look, []);
    for (const part of simpleParts(entry.live)) looks.get(look).push(part);
  }
  const crowded = !wide && entries.length > CROWD;
  const faint = crowded ? Math.max(0.4, Math.sqrt(CROWD / entries.length)) : 1;
  Object.assign(context, { lineJoin: "round", lineCap: "round" });
  for (const [look, shapes] of looks) {
    const [kind, color, opacity] = look.split(" ");
    context.globalAlpha = faint * opacity;
    context.setLineDash({ dashed: [5, 4], dotted: [1, 3.5], solid: [] }[kind]);
    Object.assign(context, { strokeStyle: color, lineWidth: (crowded || kind === "dashed" ? 1 : 1.5) + (wide ? 1 : 0) });
    for (let n = 0; n < shapes.length; n += CHUNK) {
      context.beginPath();
      for (const shape of shapes.slice(n, n + CHUNK)) traceShape(context, view, shape);
      context.stroke();
    }
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Fill what compound shapes cover. */
export function fillCovers(context, view, ratio, entries) {
  const compounds = entries.filter((entry) => entry.live.kind === "compound");
  if (compounds.length > MOST_COVERS) return;
  for (const { live, color, opacity } of compounds) {
    context.globalAlpha = 0.22 * opacity;
    const [x0, x1, y0, y1] = boxOf(live); // only as much canvas as the shape has in the view
    const left = Math.max(0, Math.floor((x0 - view.x0) * view.sx) - 1);
    const top = Math.max(0, Math.floor((view.y1 - y1) * view.sy) - 1);
    const width = Math.min(view.width, Math.ceil((x1 - view.x0) * view.sx) + 1) - left;
    const height = Math.min(view.height, Math.ceil((view.y1 - y0) * view.sy) + 1) - top;
    if (width < 1 || height < 1) continue;
    const part = new View(view.x0 + left / view.sx, view.y1 - top / view.sy, view.sx, view.sy, width, height);
    const covered = paintCover(part, ratio, live, color);
    context.drawImage(covered, left, top, covered.width / ratio, covered.height / ratio);
  }
  context.globalAlpha = 1;
}

/** A canvas of the view's size on which what a shape covers has a colour: the parts combined pixel by pixel. */
function paintCover(view, ratio, shape, color) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.ceil(view.width * ratio), height: Math.ceil(view.height * ratio) });
  const context = canvas.getContext("2d");
  if (shape.kind !== "compound") {
    context.scale(ratio, ratio);
    context.fillStyle = color;
    context.beginPath();
    traceShape(context, view, shape);
    if (!OPEN.has(shape.kind)) context.fill("evenodd");
    return canvas;
  }
  const [first, second] = shape.parts.map((part) => paintCover(view, ratio, part, color));
  context.drawImage(first, 0, 0);
  context.globalCompositeOperation = { and: "source-in", xor: "xor" }[shape.by] ?? "source-over";
  context.drawImage(second, 0, 0);
  return canvas;
}
