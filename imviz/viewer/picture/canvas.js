// Tiles on a 2-D canvas: each is coloured once per table of colours, and drawn by one affine map (or, where an
// image bends, by a few). The default where there is no graphics processor: it needs no context of a kind a page
// has only sixteen of.

const OVERLAP = 0.6; // device pixels that a part is drawn beyond its edges, over its neighbour: no seams
const BEND = 0.05; // device pixels that an affine map may be wrong by
const MOST_CELLS = 16;

export class CanvasBackend {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.scratch = null;
  }

  end() {}

  begin() {
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }

  finish() {}

  /** Draw a layer's parts; one that is not opaque is put together aside first, so that overlaps do not show. */
  layer(look, table, parts, view) {
    const plain = look.opacity >= 1 && look.blend !== "add";
    const context = plain ? this.context : this.aside();
    const clip = look.clip && [look.clip[0] * view.columns, 0, (look.clip[1] - look.clip[0]) * view.columns, view.rows];
    context.save();
    if (clip) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.beginPath();
      context.rect(...clip);
      context.clip();
    }
    for (const part of parts) this.part(context, look, coloured(part.tile, table), part, view);
    context.restore();
    if (plain) return;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.globalAlpha = look.opacity;
    this.context.globalCompositeOperation = look.blend === "add" ? "lighter" : "source-over";
    this.context.drawImage(this.scratch, 0, 0);
    this.context.globalAlpha = 1;
    this.context.globalCompositeOperation = "source-over";
  }

  aside() {
    const { width, height } = this.canvas;
    this.scratch ??= document.createElement("canvas");
    Object.assign(this.scratch, { width, height }); // which clears it
    return this.scratch.getContext("2d");
  }

  part(context, look, picture, { tile, x, y }, view) {
    if (!picture) return;
    for (const cell of affineCells(look, { x, y }, view)) {
      const step = 2 ** tile.level;
      const origin = [tile.column * look.tile - tile.rim[0], tile.row * look.tile - tile.rim[1]];
      // the part in the tile's own pixels, grown by the overlap where the tile and the image go on
      const size = Math.sqrt(Math.abs(cell.a * cell.d - cell.b * cell.c)) * step; // device pixels per tile pixel
      const room = Math.min(OVERLAP / size, 1);
      const grow = (from, to, begin, end, length) => [
        Math.max(from / step - begin - (from > 0 ? room : 0), 0),
        Math.min(to / step - begin + (to < end ? room : 0), length),
      ];
      const [u0, u1] = grow(cell.x[0], cell.x[1], origin[0], look.columns, tile.width);
      const [v0, v1] = grow(cell.y[0], cell.y[1], origin[1], look.rows, tile.height);
      if (u1 <= u0 || v1 <= v0) continue;
      // bitmap pixel (u, v) is image edge ((u + origin) * step)
      const [a, b, c, d] = [cell.a * step, cell.b * step, cell.c * step, cell.d * step];
      context.imageSmoothingEnabled = look.interpolation === "smooth" || size < 0.99;
      context.setTransform(a, b, c, d, cell.e + a * origin[0] + c * origin[1], cell.f + b * origin[0] + d * origin[1]);
      context.drawImage(picture, u0, v0, u1 - u0, v1 - v0, u0, v0, u1 - u0, v1 - v0);
    }
  }
}

/** A tile's pixels in the colours of a table, kept on the tile until the table is another. */
function coloured(tile, table) {
  if (tile.painted === table.key) return tile.picture;
  if (!tile.width) return null;
  tile.picture ??= Object.assign(document.createElement("canvas"), { width: tile.width, height: tile.height });
  const context = tile.picture.getContext("2d");
  tile.pixels ??= context.createImageData(tile.width, tile.height);
  const out = new Uint32Array(tile.pixels.data.buffer);
  const { codes } = tile;
  const { colours } = table;
  for (let n = 0; n < out.length; n++) out[n] = colours[codes[n]];
  context.putImageData(tile.pixels, 0, 0);
  tile.painted = table.key;
  return tile.picture;
}

/**
 * A part of an image as pieces, each with the affine map from pixel edges to device pixels that is right for it:
 * X = a x + c y + e, Y = b x + d y + f.
 */
export function affineCells(layer, { x, y }, view) {
  const { place } = layer;
  if (!place.mesh) {
    const [a, d] = [view.sx, -view.sy];
    return [{ x, y, a, b: 0, c: 0, d, e: (-0.5 - view.x0) * view.sx, f: (view.y1 + 0.5) * view.sy }];
  }
  const device = (px, py) => {
    const [vx, vy] = place.at(px, py);
    return [(vx - view.x0) * view.sx, (view.y1 - vy) * view.sy];
  };
  for (let n = 1; ; n *= 2) {
    const cells = [];
    let worst = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const part = (range, k) => [range[0] + ((range[1] - range[0]) * k) / n, range[0] + ((range[1] - range[0]) * (k + 1)) / n];
        const cell = affineCell(device, part(x, i), part(y, j));
        if (!cell) continue;
        worst = Math.max(worst, cell.error);
        cells.push(cell);
      }
    if (worst <= BEND || n >= MOST_CELLS) return cells;
  }
}

function affineCell(device, x, y) {
  const [p00, p10, p01, p11] = [device(x[0], y[0]), device(x[1], y[0]), device(x[0], y[1]), device(x[1], y[1])];
  if (![...p00, ...p10, ...p01, ...p11].every(Number.isFinite)) return null;
  const [w, h] = [x[1] - x[0], y[1] - y[0]];
  const along = (k) => (p10[k] - p00[k] + p11[k] - p01[k]) / 2 / w;
  const up = (k) => (p01[k] - p00[k] + p11[k] - p10[k]) / 2 / h;
  const middle = (k) => (p00[k] + p10[k] + p01[k] + p11[k]) / 4;
  const [a, b, c, d] = [along(0), along(1), up(0), up(1)];
  const [mx, my] = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
  const [e, f] = [middle(0) - a * mx - c * my, middle(1) - b * mx - d * my];
  const off = ([px, py], ex, ey) => Math.hypot(a * ex + c * ey + e - px, b * ex + d * ey + f - py);
  const error = Math.max(off(p00, x[0], y[0]), off(device(mx, my), mx, my), off(device(mx, y[0]), mx, y[0]), off(device(x[0], my), x[0], my));
  return { x, y, a, b, c, d, e, f, error, corners: [...p00, ...p10, ...p01, ...p11] };
}
