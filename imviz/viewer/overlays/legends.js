// Colour bar, scale bar and magnifier at the edges of a picture. The kernel tells colours, cuts and the size
// of a pixel on the sky; everything that moves with the view is worked out here. They take no mouse events.

import { listen, onFigure } from "../page/surface.js";

const LENGTHS = [1, 2, 3, 5, 10, 15, 20, 30]; // of minutes and seconds; as in science/display/scale_bars.py
const LENS = 132; // screen pixels across
const INK = "#ffffff";
const SHADE = "rgba(12, 16, 20, 0.72)";

function decimal(most) {
  const power = 10 ** Math.floor(Math.log10(most) + 1e-12);
  return [5, 2, 1].find((n) => n * power <= most * (1 + 1e-12)) * power;
}

/** The longest round length up to `most` view pixels: {pixels, label}. */
function roundLength(most, perPixel) {
  const short = (number) => String(Number(number.toPrecision(6)));
  if (!perPixel) {
    const number = decimal(most);
    return { pixels: number, label: `${short(number)} pix` };
  }
  const size = most * perPixel;
  for (const [unit, mark] of [[3600, "°"], [60, "′"], [1, "″"]]) {
    if (size < unit) continue;
    const number = unit === 3600 ? decimal(size / unit) : Math.max(...LENGTHS.filter((n) => n <= (size / unit) * (1 + 1e-12)));
    return { pixels: (number * unit) / perPixel, label: `${short(number)}${mark}` };
  }
  const number = decimal(size);
  return { pixels: number / perPixel, label: `${short(number)}″` };
}

/** Some round values from low to high. */
function ticks(low, high, wanted) {
  if (!(high > low)) return [];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => rough <= n * (1 + 1e-9));
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n += 1) found.push(Number((n * step).toPrecision(12)));
  return found;
}

function inWords(value) {
  const size = Math.abs(value);
  return size && (size >= 1e5 || size < 1e-3) ? value.toExponential(2).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(5)));
}

class Legends {
  constructor(model, surface) {
    Object.assign(this, { model, surface });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "imviz-legends";
    this.lens = document.createElement("canvas");
    this.lens.className = "imviz-lens";
    this.lens.hidden = true;
    surface.figure.append(this.canvas, this.lens);
    this.changed = () => this.ask();
    model.on("change", this.changed);
    const quiet = { passive: true, capture: true };
    this.undo = [
      surface.onChange(this.changed, this.changed),
      listen(surface.figure, { pointermove: (event) => this.look(surface.at(event)), pointerleave: () => this.look(null) }, quiet),
    ];
    this.ask();
  }

  end() {
    this.undo.forEach((undo) => undo());
    this.model.off("change", this.changed);
    cancelAnimationFrame(this.asked);
    this.canvas.remove();
    this.lens.remove();
  }

  /** Paint with the next frame, once. */
  ask() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.paint();
      this.magnify();
    });
  }

  paint() {
    const { canvas, surface, model } = this;
    const { width, height } = surface;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(canvas.style, { left: `${surface.left}px`, top: `${surface.top}px`, width: `${width}px`, height: `${height}px` });
    if (!surface.ready) return;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = '500 12px Roboto, "Helvetica Neue", Arial, sans-serif';
    context.textBaseline = "middle";
    delete canvas.dataset.scale;
    if (model.get("scale_shown")) this.paintScale(context);
    if (model.get("values").label !== undefined) this.paintBar(context);
  }

  /** A panel that keeps what stands on it readable over any picture. */
  panel(context, x, y, width, height) {
    context.fillStyle = SHADE;
    context.beginPath();
    context.roundRect(x, y, width, height, 5);
    context.fill();
    context.fillStyle = context.strokeStyle = INK;
  }

  paintScale(context) {
    const { surface, model, canvas } = this;
    const perPixel = surface.perPixel();
    const most = Math.min(160, surface.width / 3);
    const { pixels, label } = roundLength(most * perPixel, model.get("per_pixel"));
    const length = pixels / perPixel;
    const y = surface.height - 16;
    const wide = Math.max(length, context.measureText(label).width) + 20;
    this.panel(context, 10, y - 30, wide, 38);
    context.textAlign = "center";
    context.fillText(label, 10 + wide / 2, y - 17);
    const left = 10 + (wide - length) / 2;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(left, y - 5);
    context.lineTo(left, y);
    context.lineTo(left + length, y);
    context.lineTo(left + length, y - 5);
    context.stroke();
    Object.assign(canvas.dataset, { scale: label, length });
  }

  paintBar(context) {
    const { surface, model } = this;
    const { low, high, label } = model.get("values");
    const bytes = model.get("colours");
    const colours = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const tall = Math.min(220, surface.height - 110);
    if (tall < 60 || colours.length !== 768) return;
    const marks = ticks(low, high, tall / 44).map((value) => [value, inWords(value)]);
    context.font = '11px Roboto, "Helvetica Neue", Arial, sans-serif';
    const wide = Math.max(30, context.measureText(label).width - 24, ...marks.map(([, text]) => context.measureText(text).width));
    const [x, y] = [surface.width - wide - 44, 12];
    this.panel(context, x, y, wide + 34, tall + (label ? 38 : 22));
    const strip = new ImageData(1, 256);
    for (let n = 0; n < 256; n += 1) strip.data.set([...colours.subarray(3 * (255 - n), 3 * (256 - n)), 255], 4 * n);
    const small = document.createElement("canvas");
    Object.assign(small, { width: 1, height: 256 });
    small.getContext("2d").putImageData(strip, 0, 0);
    const top = y + (label ? 27 : 11);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, x + 8, top, 14, tall);
    context.lineWidth = 1;
    context.strokeRect(x + 7.5, top - 0.5, 15, tall + 1);
    context.textAlign = "left";
    for (const [value, text] of marks) {
      const at = top + tall * (1 - (value - low) / (high - low));
      context.fillRect(x + 22, Math.round(at), 4, 1);
      context.fillText(text, x + 28, at);
    }
    if (label) context.fillText(label, x + 8, y + 13);
    this.canvas.dataset.bar = marks.map(([, text]) => text).join(" ");
  }

  // ---- the magnifier

  look(at) {
    this.at = at;
    if (this.model.get("magnifier")) this.ask();
  }

  /** What is under the cursor, enlarged from the picture that is on the screen already. */
  magnify() {
    const { at, lens, surface } = this;
    const times = this.model.get("magnifier");
    const source = surface.figure.querySelector("canvas.imviz-picture");
    lens.hidden = !(at && times && source && source.width);
    if (lens.hidden) return;
    const ratio = source.width / surface.width;
    const side = Math.round(LENS * (window.devicePixelRatio || 1));
    if (lens.width !== side) Object.assign(lens, { width: side, height: side });
    const left = at.x < surface.width / 2 ? surface.width - LENS - 12 : 12; // never under the hand
    Object.assign(lens.style, { left: `${surface.left + left}px`, top: `${surface.top + surface.height - LENS - 64}px` });
    const context = lens.getContext("2d");
    const piece = (LENS / times) * ratio;
    context.imageSmoothingEnabled = false;
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    context.drawImage(source, at.x * ratio - piece / 2, at.y * ratio - piece / 2, piece, piece, 0, 0, side, side);
    context.strokeStyle = "rgba(255, 82, 82, 0.9)";
    const middle = side / 2;
    const gap = side / 14;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(middle + dx * gap, middle + dy * gap);
      context.lineTo(middle + 2.2 * dx * gap, middle + 2.2 * dy * gap);
    }
    context.stroke();
  }
}

export default onFigure((model, surface) => new Legends(model, surface));
