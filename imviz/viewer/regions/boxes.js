// Finding regions by where they are: their boxes in grids, one for each size. No page, no drawing.
//
// A box lies in the cell of its middle, in the grid whose cells are just larger than it; so adding, moving and
// removing one costs the same however many there are, and a search looks one cell farther than its box.

export class BoxIndex {
  constructor() {
    this.places = new Map(); // id -> {box, level, key}
    this.levels = new Map(); // level -> Map of cell key -> Set of ids
  }

  get size() {
    return this.places.size;
  }

  /** Put a box [x0, x1, y0, y1] under an id, instead of the one before. */
  set(id, box) {
    this.delete(id);
    if (!box.every(Number.isFinite)) return;
    const level = Math.ceil(Math.log2(Math.max(box[1] - box[0], box[3] - box[2], 1e-3)));
    const key = cellKey((box[0] + box[1]) / 2, (box[2] + box[3]) / 2, level);
    if (!this.levels.has(level)) this.levels.set(level, new Map());
    const cells = this.levels.get(level);
    if (!cells.has(key)) cells.set(key, new Set());
    cells.get(key).add(id);
    this.places.set(id, { box, level, key });
  }

  delete(id) {
    const place = this.places.get(id);
    if (!place) return;
    const cells = this.levels.get(place.level);
    cells.get(place.key).delete(id);
    if (!cells.get(place.key).size) cells.delete(place.key);
    if (!cells.size) this.levels.delete(place.level);
    this.places.delete(id);
  }

  /** Ids of the boxes that touch a box {x: [min, max], y: [min, max]}. */
  touching({ x, y }) {
    const found = [];
    const look = (id) => {
      const { box } = this.places.get(id);
      if (box[0] <= x[1] && box[1] >= x[0] && box[2] <= y[1] && box[3] >= y[0]) found.push(id);
    };
    for (const [level, cells] of this.levels) {
      const side = 2 ** level;
      const [left, right] = [Math.floor(x[0] / side) - 1, Math.floor(x[1] / side) + 1];
      const [bottom, top] = [Math.floor(y[0] / side) - 1, Math.floor(y[1] / side) + 1];
      if ((right - left + 1) * (top - bottom + 1) > cells.size) for (const ids of cells.values()) ids.forEach(look);
      else
        for (let column = left; column <= right; column += 1)
          for (let row = bottom; row <= top; row += 1) cells.get(`${column} ${row}`)?.forEach(look);
    }
    return found;
  }
}

function cellKey(x, y, level) {
  const side = 2 ** level;
  return `${Math.floor(x / side)} ${Math.floor(y / side)}`;
}
