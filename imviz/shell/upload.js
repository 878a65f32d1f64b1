// A file from the user's own machine, dropped or chosen, sent piece by piece: the next one when the last has arrived.

import { keepListening } from "../viewer/page/listening.js";

const PIECE = 1 << 20;

function render({ model, el }) {
  keepListening(model);
  const zone = document.createElement("div");
  const text = document.createElement("span");
  const button = document.createElement("button");
  const input = document.createElement("input");
  zone.className = "imviz-drop";
  text.textContent = "Drop a file here, or";
  button.type = "button";
  button.className = "imviz-button";
  button.textContent = "Choose a file of this computer";
  button.title = "Send a file from the computer this browser runs on";
  input.type = "file";
  input.hidden = true;
  input.setAttribute("aria-label", "File to upload");
  zone.append(text, button, input);
  el.append(zone);

  let file = null;
  let at = 0;

  const begin = (chosen) => {
    if (!chosen) return;
    file = chosen;
    at = 0;
    model.send({ type: "begin", name: file.name, size: file.size });
  };

  const next = async () => {
    const sent = file;
    if (!sent) return;
    if (at >= sent.size) {
      file = null;
      model.send({ type: "end" });
      return;
    }
    try {
      const piece = await sent.slice(at, at + PIECE).arrayBuffer();
      if (sent !== file) return; // cancelled, or another was chosen meanwhile
      at += piece.byteLength;
      model.send({ type: "piece" }, undefined, [piece]);
    } catch (error) {
      file = null;
      model.send({ type: "failed", why: String(error.message || error) });
    }
  };

  const onMessage = (message) => {
    if (message.type === "more") next();
    else if (message.type === "stop") file = null;
  };
  const over = (event) => {
    event.preventDefault();
    zone.classList.toggle("imviz-over", event.type === "dragover" || event.type === "dragenter");
  };
  const drop = (event) => {
    over(event);
    event.stopPropagation();
    begin(event.dataTransfer.files[0]);
  };
  for (const kind of ["dragenter", "dragover", "dragleave"]) zone.addEventListener(kind, over);
  zone.addEventListener("drop", drop);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    begin(input.files[0]);
    input.value = "";
  });
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}

export default { render };
