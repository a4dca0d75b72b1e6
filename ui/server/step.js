// One act of the reader is one step in the browser's history.
// Streamlit makes a step of each control that a scenario sets, and writes the choice of the scenario over the step
// before. When a page is left, it makes a step of that page without its parameters.
{
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  let before = null; // the address before the last act, until the act has its step

  const act = () => {
    before = location.href;
  };
  addEventListener("pointerdown", act, true);
  addEventListener("keydown", act, true);
  addEventListener("click", (event) => event.detail || act(), true); // a screen reader's, without a pointer
  addEventListener("popstate", () => {
    before = null;
  });

  history.pushState = (state, title, address) => {
    if (before === null) {
      replace(state, title, address);
    } else {
      replace(state, title, before);
      push(state, title, address);
      before = null;
    }
  };
}
