// The page's own behaviour: ends the waiting sign when the window is there, keeps the address of its session,
// says when the session or the way to it is lost, and comes back by itself when the way is there again.
// What the window does is not here: that is the widgets' business.
(() => {
  const waiting = document.getElementById("imviz-starting");
  const config = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
  let started = false;

  function notice(sentence, links = []) {
    const box = document.createElement("div");
    box.className = "imviz-notice";
    box.setAttribute("role", "alert");
    const words = Object.assign(document.createElement("p"), { textContent: sentence });
    for (const [text, href] of links) words.append(" ", Object.assign(document.createElement("a"), { textContent: text, href }));
    box.append(words);
    document.body.append(box);
    return box;
  }

  // The kernel's own line: the widgets have no word for a line that is cut.
  const lines = new Set();
  window.WebSocket = class extends window.WebSocket {
    constructor(...address) {
      super(...address);
      lines.add(this);
      this.addEventListener("close", () => lines.delete(this));
    }
  };
  const connected = () => [...lines].some((line) => line.readyState === WebSocket.OPEN);

  // A view exists once voila has put a widget in the place of its description.
  const observer = new MutationObserver(look);
  function look() {
    if (!document.querySelector(".imviz-failure, .imviz-output .jupyter-widgets, .imviz-output .v-application")) return;
    observer.disconnect();
    started = true;
    waiting.classList.add("imviz-done");
    setTimeout(() => waiting.remove(), 300);
    if (document.querySelector(".imviz-failure")) return;
    history.replaceState(null, "", `/session/${config().kernelId}`);
    watch();
  }
  observer.observe(document.body, { childList: true, subtree: true });
  look();

  document.addEventListener("click", (event) => {
    if (event.target.closest(".imviz-notice button")) event.target.closest(".imviz-notice").remove();
  });

  // Keys with Ctrl that are pressed where nothing has the focus are the window's.
  addEventListener("keydown", (event) => {
    if (event.target !== document.body || !(event.ctrlKey || event.metaKey)) return;
    const { key, code, keyCode, ctrlKey, metaKey, shiftKey, altKey } = event;
    const same = new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, shiftKey, altKey, cancelable: true });
    if (!document.querySelector(".imviz")?.dispatchEvent(same)) event.preventDefault();
  });

  const xsrf = () => document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "";

  // A session that somebody has used outlives its page.
  function touched(event) {
    if (!started || !event.isTrusted) return;
    for (const kind of ["pointerdown", "keydown", "drop"]) removeEventListener(kind, touched, true);
    fetch(`/session/${config().kernelId}/touched`, { method: "POST", headers: { "X-XSRFToken": xsrf() } });
  }
  for (const kind of ["pointerdown", "keydown", "drop"]) addEventListener(kind, touched, true);

  // voila tells the server of a page that closes, but only once it has started itself.
  addEventListener("beforeunload", () => {
    const id = config().kernelId;
    if (started || !id) return;
    const form = new FormData();
    form.append("_xsrf", xsrf());
    navigator.sendBeacon(`/voila/api/shutdown/${id}`, form);
  });

  // Ask how the session is, every few seconds: a lost way is told while it lasts, an end for good.
  async function watch() {
    let lost = null, failures = 0, cut = 0;
    for (;;) {
      await pause(3);
      const answer = await fetch(`/session/${config().kernelId}/state`, { cache: "no-store" }).catch(() => null);
      if (answer === null) {
        if (++failures === 2) lost = notice("No answer from imviz; trying again. If it has been stopped, start imviz again in a terminal.");
        continue;
      }
      lost?.remove();
      lost = null;
      failures = 0;
      if (answer.status === 403) return void notice("Another imviz answers at this address now; use the one that it printed in the terminal.");
      const state = answer.ok ? await answer.json() : { death: "It has been ended." };
      if (state.death) return void notice(`This session is over, and this window no longer works. ${state.death}`, [["Start a new one", "/session"]]);
      if (state.number > 1) document.title = `Imviz ${state.number}`;
      cut = connected() ? 0 : cut + 1;
      if (cut === 4) location.reload(); // to the same session
    }
  }
})();
