// One observer of the page for all our widgets on it, which wait for figures to appear and to go.
//
// Each widget's code is a copy of its own, so that the one observer is found by a symbol of the page. It is there as
// long as somebody waits.

const KEY = Symbol.for("imviz.page-watch");

/** Call back after each change of the page's elements. Returns the function that stops it. */
export function watchPage(changed) {
  const watch = (globalThis[KEY] ??= { callbacks: new Set(), observer: null });
  const callback = () => changed();
  watch.callbacks.add(callback);
  if (!watch.observer) {
    watch.observer = new MutationObserver(() => watch.callbacks.forEach((each) => each()));
    watch.observer.observe(document.documentElement, { childList: true, subtree: true });
  }
  return () => {
    watch.callbacks.delete(callback);
    if (watch.callbacks.size) return;
    watch.observer?.disconnect();
    watch.observer = null;
  };
}
