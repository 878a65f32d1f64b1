"""What makes a page hard to use, found by JavaScript: controls without a name, text too faint to read."""

UNNAMED = """() => {
  const seen = (one) => one.offsetParent && one.offsetWidth > 1;
  const name = (one) => one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.title
    || [...(one.labels ?? [])].map((label) => label.innerText).join("").trim() || one.innerText.trim()
    || one.closest(".v-select")?.querySelector("label")?.innerText;
  const controls = ".imviz button, .imviz input:not([type=hidden]), .imviz select, .imviz [role=slider]";
  const unnamed = [...document.querySelectorAll(controls)].filter((one) => seen(one) && !name(one));
  return unnamed.map((one) => one.outerHTML);
}"""

# texts with less contrast than WCAG 2 asks for (4.5 : 1), with it; but for what is disabled, and the picture
FAINT = """() => {
  const light = (color) => {
    const linear = (x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    const parts = color.map((x) => linear(x / 255));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const numbers = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3]));
  const behind = (one) => {
    const stack = [];
    for (let at = one; at; at = at.parentElement)
      stack.unshift(numbers(getComputedStyle(at).backgroundColor));
    return stack.reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const left = "svg, .imviz-figure, .v-input--is-disabled, :disabled, .imviz-swatch";
  const found = [];
  const walk = document.createTreeWalker(document.querySelector(".imviz"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!/[\\p{L}\\p{N}]/u.test(walk.currentNode.data) || !one.offsetParent || one.closest(left)) continue;
    const ground = behind(one);
    const ink = over(numbers(getComputedStyle(one).color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.push(`${walk.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""
