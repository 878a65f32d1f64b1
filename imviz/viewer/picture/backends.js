// Which of the two ways to draw tiles a view is given: WebGL (webgl.js) or a 2-D canvas (canvas.js).

import { CanvasBackend } from "./canvas.js";
import { WebGLBackend, hasGraphicsProcessor } from "./webgl.js";

/** The backend to draw with: WebGL where it is asked for, or there is a graphics processor and contexts to spare. */
export function makeBackend(wanted, canvas, store) {
  if (wanted === "webgl" || (wanted === "auto" && hasGraphicsProcessor())) {
    const backend = WebGLBackend.make(canvas, store);
    if (backend) return backend;
  }
  return new CanvasBackend(canvas);
}
