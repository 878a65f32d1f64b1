// The views there were: one history for each view of a figure, kept in the browser and never sent.

const STAY = 350; // milliseconds without a move after which a view is one to come back to
const MOST_VIEWS = 100;

export class ViewHistory {
  constructor(show, now) {
    Object.assign(this, { show, now, past: [], future: [], here: null, timer: null });
  }

  end() {
    clearTimeout(this.timer);
  }

  /** The view has moved; where it comes to rest is remembered. */
  moved() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.note(), STAY);
  }

  note() {
    const view = this.now();
    if (this.here && same(view, this.here)) return;
    if (this.here) this.past.push(this.here);
    this.past.splice(0, this.past.length - MOST_VIEWS);
    this.future = [];
    this.here = view;
  }

  back() {
    clearTimeout(this.timer);
    this.note();
    this.step(this.past, this.future);
  }

  forward() {
    this.step(this.future, this.past);
  }

  step(from, to) {
    const view = from.pop();
    if (!view) return;
    to.push(this.here);
    this.here = view;
    this.show(view);
  }

  /** The figure's pixels have become others: what was seen has no place in them. */
  forget() {
    Object.assign(this, { past: [], future: [], here: null });
  }
}

function same(a, b) {
  const size = Math.abs(a.x[1] - a.x[0]) * 1e-6;
  return [0, 1].every((n) => Math.abs(a.x[n] - b.x[n]) < size && Math.abs(a.y[n] - b.y[n]) < size);
}
