// What the kernel hears of a shape while it is in the hand: the next word when it has answered the last, and then only
// the newest.

export class LiveShape {
  constructor(model) {
    Object.assign(this, { model, news: null, unanswered: false });
  }

  tell(label, shape) {
    this.news = { type: "live", label, shape };
    if (!this.unanswered) this.next();
  }

  /** The kernel has answered. */
  next() {
    this.unanswered = Boolean(this.news);
    if (this.news) this.model.send(this.news);
    this.news = null;
  }

  /** The hand has let go: what has not been said is of no use any more. */
  forget() {
    this.news = null;
  }
}
