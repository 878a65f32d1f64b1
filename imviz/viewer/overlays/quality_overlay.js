// A see-through picture that lies over the images, at its place in the view's pixels; the browser alone moves it.

import { onFigure } from "../page/surface.js";

class QualityOverlay {
  constructor(model, surface) {
    Object.assign(this, { model, surface, picture: null });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "imviz-veil";
    surface.figure.append(this.canvas);
    this.paintSoon = () => (this.asked ??= requestAnimationFrame(() => this.paint()));
    this.loadSoon = () => this.load();
    model.on("change:png", this.loadSoon);
    model.on("change:alpha change:place", this.paintSoon);
    this.undo = surface.onChange(this.paintSoon, this.paintSoon);
    this.load();
  }

  end() {
    this.undo();
    this.model.off("change:png", this.loadSoon);
    this.model.off("change:alpha change:place", this.paintSoon);
    cancelAnimationFrame(this.asked);
    this.canvas.remove();
    if (this.picture) this.picture.close();
  }

  async load() {
    const bytes = this.model.get("png");
    const place = this.model.get("place");
    const serial = (this.serial = (this.serial ?? 0) + 1);
    const made = bytes.byteLength ? await createImageBitmap(new Blob([bytes], { type: "image/png" })) : null;
    if (serial !== this.serial) return made?.close(); // a newer one has come meanwhile
    if (this.picture) this.picture.close();
    Object.assign(this, { picture: made, place });
    this.paintSoon();
  }

  paint() {
    this.asked = null;
    const { canvas, surface, picture } = this;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(surface.width * ratio), height: Math.round(surface.height * ratio) });
    for (const side of ["left", "top", "width", "height"]) canvas.style[side] = `${surface[side]}px`;
    canvas.dataset.shown = String(Boolean(picture));
    if (!picture || !surface.ready) return;
    const [x0, x1, y0, y1] = this.place;
    const corner = surface.toScreen({ x: x0, y: y1 });
    const other = surface.toScreen({ x: x1, y: y0 });
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = this.model.get("alpha");
    context.drawImage(picture, corner.x, corner.y, other.x - corner.x, other.y - corner.y);
  }
}

export default onFigure((model, surface) => new QualityOverlay(model, surface));
