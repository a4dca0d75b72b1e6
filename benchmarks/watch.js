// Watches the page's first Vega chart from inside the page. Every benchmarked page gets this before its own scripts.
window.latency = (() => {
  const content = '[data-testid="stVegaLiteChart"] :is(canvas, svg.marks)';

  // What the chart shows now, as something that can be compared; null while there is no chart.
  function look() {
    const element = document.querySelector(content);
    if (!element) return null;
    return element.tagName === "CANVAS" ? pixels(element) : markup(element);
  }

  function pixels(canvas) {
    if (!canvas.width || !canvas.height) return null;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    let hash = 0;
    for (let i = 0; i < words.length; i++) hash = (Math.imul(hash, 31) + words[i]) | 0;
    return hash || null; // an empty canvas is all zeros
  }

  // Clip paths and gradients are numbered anew when a chart is drawn again, which moves no pixel.
  function markup(svg) {
    return svg.querySelector('[class*="mark-"]') && svg.outerHTML.replace(/(clip|gradient|pattern)_?\d+/g, "");
  }

  // The time of the first frame in which `done` holds, or null after `limit` milliseconds.
  function frame(done, limit) {
    return new Promise((resolve) => {
      const end = performance.now() + limit;
      const check = () => {
        const now = performance.now();
        if (done()) resolve(now);
        else if (now > end) resolve(null);
        else requestAnimationFrame(check);
      };
      requestAnimationFrame(check);
    });
  }

  // Whether the chart may look different: an SVG is too long to be read in every frame, and a canvas tells no observer.
  function mayHaveChanged() {
    const mutated = touched;
    touched = false;
    return mutated || document.querySelector(content)?.tagName === "CANVAS";
  }

  let move = null;
  let touched = false;
  const chart = '[data-testid="stVegaLiteChart"]';
  const holds = ({ type, target }) => target.closest?.(chart) || (type === "childList" && target.querySelector?.(chart));
  const observer = new MutationObserver((records) => { touched ||= records.some(holds); });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  return {
    // Milliseconds from the start of the navigation to the first frame with a chart.
    firstView: (limit) => frame(() => mayHaveChanged() && look() !== null, limit),

    // The next key press starts the clock; the first frame in which the chart looks different stops it.
    arm(limit) {
      const before = look();
      move = new Promise((resolve) => {
        const start = async () => {
          const pressed = performance.now();
          const changed = await frame(() => mayHaveChanged() && ![before, null].includes(look()), limit);
          resolve(changed && changed - pressed);
        };
        window.addEventListener("keydown", start, { capture: true, once: true });
      });
    },
    move: () => move,

    // Resolves when no rerun has been under way and the chart has stood still for `quiet` milliseconds.
    async settle(quiet, limit) {
      let before = look();
      let since = performance.now();
      await frame(() => {
        const now = mayHaveChanged() ? look() : before;
        const idle = document.querySelector('[data-test-script-state="notRunning"]');
        if (now !== before || !idle) since = performance.now();
        before = now;
        return performance.now() - since > quiet;
      }, limit);
    },
  };
})();
