// Finding points by where they are: a grid of cells, made once, in typed arrays. No page, no drawing.

const PER_CELL = 6; // points in a cell, about

/** Points in a grid. Those that are not finite are in no cell. */
export class PointGrid {
  constructor(x, y) {
    Object.assign(this, { x, y });
    let [x0, x1, y0, y1, n] = [Infinity, -Infinity, Infinity, -Infinity, 0];
    for (let i = 0; i < x.length; i += 1) {
      if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
      n += 1;
      if (x[i] < x0) x0 = x[i];
      if (x[i] > x1) x1 = x[i];
      if (y[i] < y0) y0 = y[i];
      if (y[i] > y1) y1 = y[i];
    }
    this.n = n;
    Object.assign(this, n ? { x0, y0 } : { x0: 0, y0: 0 });
    const side = Math.sqrt((((x1 - x0) || 1) * ((y1 - y0) || 1) * PER_CELL) / (n || 1));
    const longest = Math.max(x1 - x0, y1 - y0);
    this.cell = n && longest > 0 ? Math.max(side, longest / 2000) : 1;
    this.columns = n ? Math.floor((x1 - x0) / this.cell) + 1 : 0;
    this.rows = n ? Math.floor((y1 - y0) / this.cell) + 1 : 0;
    this.sort();
  }

  /** Put the points in the order of their cells: a counting sort. */
  sort() {
    const { x, y, columns, rows } = this;
    const starts = new Uint32Array(columns * rows + 1);
    const cells = new Int32Array(x.length).fill(-1);
    for (let i = 0; i < x.length; i += 1) {
      if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
      cells[i] = this.row(y[i]) * columns + this.column(x[i]);
      starts[cells[i] + 1] += 1;
    }
    for (let c = 0; c < columns * rows; c += 1) starts[c + 1] += starts[c];
    const next = starts.slice();
    const order = new Uint32Array(this.n);
    for (let i = 0; i < x.length; i += 1) if (cells[i] >= 0) order[next[cells[i]]++] = i;
    Object.assign(this, { starts, order });
  }

  column(x) {
    return Math.min(Math.max(Math.floor((x - this.x0) / this.cell), 0), this.columns - 1);
  }

  row(y) {
    return Math.min(Math.max(Math.floor((y - this.y0) / this.cell), 0), this.rows - 1);
  }

  /** Runs of `order` whose cells touch a box: [[start, stop], ...]; some of their points are outside it. */
  runs(box) {
    if (!this.n || box.x[1] < this.x0 || box.y[1] < this.y0) return [];
    const [left, right] = [this.column(box.x[0]), this.column(box.x[1])];
    const [first, last] = [this.row(box.y[0]), this.row(box.y[1])];
    const found = [];
    for (let row = first; row <= last; row += 1) {
      const start = this.starts[row * this.columns + left];
      const stop = this.starts[row * this.columns + right + 1];
      if (stop > start) found.push([start, stop]);
    }
    return found;
  }

  /** Numbers of the points inside a box. */
  inside(box) {
    const { x, y, order } = this;
    const found = [];
    for (const [start, stop] of this.runs(box))
      for (let k = start; k < stop; k += 1) {
        const i = order[k];
        if (x[i] >= box.x[0] && x[i] <= box.x[1] && y[i] >= box.y[0] && y[i] <= box.y[1]) found.push(i);
      }
    return found;
  }

  /** The point nearest to a place, if one is within `reach`: {index, distance} or null. */
  nearest(at, reach) {
    let found = null;
    for (const i of this.inside({ x: [at.x - reach, at.x + reach], y: [at.y - reach, at.y + reach] })) {
      const distance = Math.hypot(this.x[i] - at.x, this.y[i] - at.y);
      if (distance <= reach && (!found || distance < found.distance)) found = { index: i, distance };
    }
    return found;
  }
}
