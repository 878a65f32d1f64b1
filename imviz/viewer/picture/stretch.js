// From codes to colours: one table of 65 536 entries holds coding, cuts, contrast, bias, stretch and colormap.
//
// The formulas are those of imviz.science.display.stretches and imviz.viewer.picture.codes; a test compares them. No page here.

const N_CODES = 65536;
const MIDDLE_CODE = 32768;

const STRETCHES = {
  linear: (x) => x,
  sqrt: (x) => Math.sqrt(x),
  log: (x, a) => Math.log1p(a * x) / Math.log1p(a),
  arcsinh: (x, a) => Math.asinh(x / a) / Math.asinh(1 / a),
  sinh: (x, a) => Math.sinh(x / a) / Math.sinh(1 / a),
  power: (x, a) => Math.pow(x, a),
};

/** A function through points joined by straight lines. */
function curveThrough(points) {
  let n = 0; // calls come in order, so the piece is near the last one
  return (x) => {
    while (n > 0 && points[n][0] > x) n -= 1;
    while (n < points.length - 2 && points[n + 1][0] <= x) n += 1;
    const [[x0, y0], [x1, y1]] = [points[n], points[n + 1]];
    return x1 > x0 ? y0 + ((y1 - y0) * Math.min(Math.max(x - x0, 0), x1 - x0)) / (x1 - x0) : y1;
  };
}

function stretchOf({ stretch, parameter, curve }) {
  if (curve) return curveThrough(curve);
  const formula = STRETCHES[stretch] ?? STRETCHES.linear;
  return (x) => formula(x, parameter);
}

/** The value of each code (that of code 0, "no value", means nothing). */
export function valuesOf([center, scale, step]) {
  const values = new Float64Array(N_CODES);
  for (let code = 1; code < N_CODES; code++) values[code] = center + scale * Math.sinh((code - MIDDLE_CODE) * step);
  return values;
}

/** RGBA of each code, as the 32-bit numbers of an ImageData. `shades` are 256 RGB triples. */
export function colourTable(look, values, shades) {
  const table = new Uint32Array(N_CODES);
  const colours = new Uint32Array(256);
  for (let n = 0; n < 256; n++)
    colours[n] = ((255 << 24) | (shades[3 * n + 2] << 16) | (shades[3 * n + 1] << 8) | shades[3 * n]) >>> 0;
  const [low, high] = look.cuts;
  const [width, shine] = [high - low || Number.MIN_VALUE, stretchOf(look)];
  const clip = (x) => Math.min(Math.max(x, 0), 1);
  const colour = (level) => {
    const x = clip((level - look.bias) * look.contrast + 0.5);
    return colours[Math.min(Math.floor(clip(shine(x)) * 256), 255)];
  };
  const [dark, bright] = [colour(0), colour(1)];
  for (let code = 1; code < N_CODES; code++) {
    const level = (values[code] - low) / width;
    table[code] = level <= 0 ? dark : level >= 1 ? bright : colour(level);
  }
  if (look.nan_color) {
    const [r, g, b, a = 1] = look.nan_color.map((part) => Math.round(255 * part));
    table[0] = (((look.nan_color.length > 3 ? a : 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  return table;
}
