// When the kernel hears of what the hand does: at rest, or the newest whenever it has answered the last.

const AT_REST = 150; // milliseconds without a movement

/** Calls back once a movement is over; the figure says meanwhile that it is moving. The first is told at once. */
export class Rest {
  constructor(figure, tell) {
    Object.assign(this, { figure, tell, timer: null, pending: false, told: false });
  }

  /** There was a movement; `held`: the hand has not let go, so that it is not over. */
  moved(held) {
    clearTimeout(this.timer);
    this.pending = true;
    this.figure.classList.add("imviz-moving");
    if (!this.told) this.now();
    else if (!held) this.timer = setTimeout(() => this.now(), AT_REST);
  }

  /** What there is to tell is told now. */
  now() {
    if (!this.pending) return;
    this.end();
    this.told = true;
    this.tell();
  }

  end() {
    clearTimeout(this.timer);
    this.pending = false;
    this.figure.classList.remove("imviz-moving");
  }
}

/** Sends the newest of a kind of message, never before the kernel has answered the one before. */
export class Latest {
  constructor(model, type, pause) {
    Object.assign(this, { model, type, pause, n: 0, waiting: null, timer: null, busy: false });
    this.answered = (message) => {
      if (message.type === "ack" && message.of === this.type && message.n === this.n) this.release();
    };
    model.on("msg:custom", this.answered);
  }

  send(content) {
    this.waiting = content;
    if (!this.busy) this.flush();
  }

  flush() {
    if (!this.waiting) return;
    this.busy = true;
    this.started = performance.now();
    this.n += 1;
    this.model.send({ type: this.type, n: this.n, ...this.waiting });
    this.waiting = null;
    this.timer = setTimeout(() => this.free(), 5000); // an answer lost must not silence us for ever
  }

  release() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.free(), Math.max(0, this.pause - (performance.now() - this.started)));
  }

  free() {
    this.busy = false;
    this.flush();
  }

  end() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.answered);
  }
}
