// Listening on a slow page. anywidget gives a widget's code two seconds to load; a page that is busy for longer still
// draws the widget, but drops all that the kernel says to it, for good. So each widget, once its code is there, asks
// itself whether it hears; if not, it takes its messages past anywidget and has the kernel say again how things are.

const NOTHING = { content: { data: { method: "nothing" } }, buffers: [] };

export async function keepListening(model) {
  const widget = await model.widget_manager.get_model(model.get("own_id"));
  try {
    await widget._handle_comm_msg(NOTHING);
  } catch {
    const ipywidgets = Object.getPrototypeOf(Object.getPrototypeOf(widget)); // anywidget's model is made of this one
    widget.comm.on_msg(ipywidgets._handle_comm_msg.bind(widget));
    model.send({ type: "deaf" });
  }
}
