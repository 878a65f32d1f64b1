// Tiles by WebGL 2: codes as 16-bit textures, the table of colours as a 256 × 256 one, a fetch or two a pixel.
//
// Used where a graphics processor is there; a page may have only some sixteen contexts, so from the ninth view on, and
// when a context cannot be had or is lost, views are drawn on a 2-D canvas.

import { affineCells } from "./canvas.js";

const MOST_CONTEXTS = 8;
let contexts = 0;
let processor;

/** Whether WebGL 2 runs on a graphics processor here, not in software. Asked once. */
export function hasGraphicsProcessor() {
  if (processor !== undefined) return processor;
  const probe = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  const info = probe?.getExtension("WEBGL_debug_renderer_info");
  const name = info ? String(probe.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  processor = Boolean(probe) && !/swiftshader|llvmpipe|software|basic render/i.test(name);
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  return processor;
}

const VERTEX = `#version 300 es
uniform vec2 corners[4], size;
uniform vec4 texels;
out vec2 at;
void main() {
  vec2 device = corners[gl_VertexID];
  at = mix(texels.xy, texels.zw, vec2(gl_VertexID & 1, gl_VertexID >> 1));
  gl_Position = vec4(2.0 * device.x / size.x - 1.0, 1.0 - 2.0 * device.y / size.y, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D codes;
uniform sampler2D colours;
uniform bool smoothed;
uniform float opacity;
in vec2 at;
out vec4 colour;
vec4 shade(ivec2 pixel) {
  ivec2 last = textureSize(codes, 0) - 1;
  uint code = texelFetch(codes, clamp(pixel, ivec2(0), last), 0).r;
  vec4 found = texelFetch(colours, ivec2(int(code & 255u), int(code >> 8)), 0);
  return vec4(found.rgb * found.a, found.a);
}
void main() {
  if (!smoothed) colour = shade(ivec2(floor(at)));
  else {
    vec2 low = floor(at - 0.5), part = at - 0.5 - low;
    ivec2 n = ivec2(low);
    colour = mix(mix(shade(n), shade(n + ivec2(1, 0)), part.x), mix(shade(n + ivec2(0, 1)), shade(n + ivec2(1, 1)), part.x), part.y);
  }
  colour *= opacity;
}`;

export class WebGLBackend {
  /** A backend on a canvas, or null where WebGL 2 is not to be had. */
  static make(canvas, store) {
    if (contexts >= MOST_CONTEXTS) return null;
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: true });
    return gl ? new WebGLBackend(canvas, gl, store) : null;
  }

  constructor(canvas, gl, store) {
    Object.assign(this, { canvas, gl, store, textures: new Map(), tables: new Map() });
    contexts += 1;
    this.program = linked(gl);
    this.places = {};
    for (const name of ["corners", "size", "texels", "codes", "colours", "smoothed", "opacity"])
      this.places[name] = gl.getUniformLocation(this.program, name);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  }

  end() {
    contexts -= 1;
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  begin(view) {
    const { gl, places } = this;
    gl.viewport(0, 0, view.columns, view.rows);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.uniform2f(places.size, view.columns, view.rows);
    gl.uniform1i(places.codes, 0);
    gl.uniform1i(places.colours, 1);
    gl.enable(gl.BLEND);
  }

  /** Parts do not overlap here, neighbours share their corners exactly: opacity needs no detour. */
  layer(look, table, parts, view) {
    const { gl, places } = this;
    if (look.clip) {
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(Math.round(look.clip[0] * view.columns), 0, Math.round((look.clip[1] - look.clip[0]) * view.columns), view.rows);
    } else gl.disable(gl.SCISSOR_TEST);
    gl.blendFunc(gl.ONE, look.blend === "add" ? gl.ONE : gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1f(places.opacity, look.opacity);
    gl.activeTexture(gl.TEXTURE1);
    this.table(look.id, table);
    gl.activeTexture(gl.TEXTURE0);
    for (const { tile, x, y } of parts) {
      if (!tile.width) continue;
      gl.bindTexture(gl.TEXTURE_2D, this.texture(tile));
      const step = 2 ** tile.level;
      const [left, low] = [tile.column * look.tile - tile.rim[0], tile.row * look.tile - tile.rim[1]];
      for (const cell of affineCells(look, { x, y }, view)) {
        const size = Math.sqrt(Math.abs(cell.a * cell.d - cell.b * cell.c)) * step;
        gl.uniform1i(places.smoothed, Number(look.interpolation === "smooth" || size < 0.99));
        // worked out here in double precision: a large image seen large is beyond single
        gl.uniform4f(places.texels, cell.x[0] / step - left, cell.y[0] / step - low, cell.x[1] / step - left, cell.y[1] / step - low);
        gl.uniform2fv(places.corners, cornersOf(cell));
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      }
    }
  }

  finish() {
    for (const [key, { texture }] of this.textures)
      if (!this.store.tiles.has(key)) {
        this.gl.deleteTexture(texture);
        this.textures.delete(key);
      }
  }

  texture(tile) {
    const { gl } = this;
    const known = this.textures.get(tile.key);
    if (known?.tile === tile) return known.texture;
    const texture = known?.texture ?? gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R16UI, tile.width, tile.height, 0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, tile.codes);
    nearest(gl);
    this.textures.set(tile.key, { texture, tile });
    return texture;
  }

  table(id, table) {
    const { gl } = this;
    let known = this.tables.get(id);
    if (!known) this.tables.set(id, (known = { texture: gl.createTexture() }));
    gl.bindTexture(gl.TEXTURE_2D, known.texture);
    if (known.key === table.key) return;
    known.key = table.key;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 256, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(table.colours.buffer));
    nearest(gl);
  }
}

/** Device positions of a cell's corners, in the order of a triangle strip. */
function cornersOf({ x, y, a, b, c, d, e, f, corners }) {
  const at = (px, py) => [a * px + c * py + e, b * px + d * py + f];
  return corners ?? [...at(x[0], y[0]), ...at(x[1], y[0]), ...at(x[0], y[1]), ...at(x[1], y[1])];
}

function nearest(gl) {
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
