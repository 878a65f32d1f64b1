// Stands in for MathJax, which voila would fetch from a public server; no formula is shown here.
(() => {
  const nothing = () => {};
  window.MathJax = { Ajax: {}, Hub: { Config: nothing, Configured: nothing, Queue: nothing, Register: { StartupHook: nothing } } };
})();
