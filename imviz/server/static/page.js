// The page's own behaviour: ends the waiting sign when the window is there, says when the session is gone.
// What the window does is not here: that is the widgets' business.
(() => {
  const waiting = document.getElementById("imviz-starting");
  const cells = document.getElementById("rendered_cells");
  const config = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  let started = false;

  function notice(sentence) {
    const box = document.createElement("div");
    box.className = "imviz-notice";
    box.setAttribute("role", "alert");
    box.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    document.body.append(box);
  }

  // A view exists once voila has put a widget in the place of its description.
  const observer = new MutationObserver(look);
  function look() {
    if (!document.querySelector(".imviz-failure, .imviz-output .jupyter-widgets, .imviz-output .v-application")) return;
    observer.disconnect();
    started = true;
    waiting.classList.add("imviz-done");
    setTimeout(() => waiting.remove(), 300);
    if (!document.querySelector(".imviz-failure")) setTimeout(watch, 10000);
  }
  observer.observe(document.body, { childList: true, subtree: true });
  look();

  document.addEventListener("click", (event) => {
    if (event.target.closest(".imviz-notice button")) event.target.closest(".imviz-notice").remove();
  });

  // voila ends the kernel of a page that closes, but only once it has started itself.
  window.addEventListener("beforeunload", () => {
    const id = config().kernelId;
    if (started || !id) return;
    const form = new FormData();
    form.append("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "");
    navigator.sendBeacon(`/voila/api/shutdown/${id}`, form);
  });

  async function watch() {
    const answer = await fetch(`/api/kernels/${config().kernelId}`).catch(() => null);
    if (answer?.ok) return void setTimeout(watch, 10000);
    notice(answer === null
      ? "Imviz has been stopped: this window no longer works. Start imviz again in a terminal."
      : "This session has ended. Reload the page to start a new one.");
  }
})();
