// Tooltips for marks (`[data-tip]`, `[aria-label]` or a `<title>` inside a figure's SVG): on hover, focus and touch.
// A chart is one tab stop; arrow keys go from mark to mark, Home and End to the first and last, Escape leaves.
// On a map the arrow keys move the view until Enter goes to the marks.

const MARK = "[data-tip],[aria-label]";
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
// The words are the mark's accessible name already.
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);
let shown = null;

const chartOf = (node) => node instanceof Element ? node.closest("figure svg[id]") : null;
const markOf = (node) => {
  const chart = chartOf(node), mark = chart && node.closest(MARK);
  return mark && mark !== chart && chart.contains(mark) ? mark : null;
};

// A browser shows `<title>` by itself, late and for the whole picture: keep its text, not its tooltip.
function adopt(root) {
  for (const title of root.querySelectorAll("figure svg title")) {
    if (title.id) {
      const same = document.createElementNS("http://www.w3.org/2000/svg", "desc");
      same.id = title.id;
      same.textContent = title.textContent;
      title.replaceWith(same);
    } else if (!title.parentNode.closest(MARK)) {
      title.parentNode.setAttribute("data-tip", title.textContent);
      if (!title.parentNode.hasAttribute("role")) title.parentNode.setAttribute("role", "img");
      title.parentNode.setAttribute("aria-label", title.textContent);
      title.remove();
    } else title.remove();
  }
}

function show(mark, x, y) {
  shown = mark;
  tip.textContent = mark.dataset.tip ?? mark.getAttribute("aria-label");
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  tip.style.left = `${Math.max(4, Math.min(wide - width - 4, x - width / 2))}px`;
  tip.style.top = `${y - height - 12 < 4 ? y + 20 : y - height - 12}px`;
}
function hide() {
  shown = null;
  tip.hidden = true;
}
const middle = (mark) => {
  const rect = mark.getBoundingClientRect();
  return [rect.left + rect.width / 2, rect.top + rect.height / 2];
};

document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch" || event.buttons) return;
  const mark = markOf(event.target);
  if (mark) show(mark, event.clientX, event.clientY);
  else if (shown && shown !== document.activeElement) hide();
});
document.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "touch") hide();
});
document.addEventListener("focusin", (event) => {
  const mark = markOf(event.target);
  if (mark && !mark.matches(":hover")) {
    const [x] = middle(mark);
    show(mark, x, mark.getBoundingClientRect().top);
  }
});
document.addEventListener("focusout", hide);
addEventListener("scroll", hide, { passive: true });

// A first touch says what a mark is, a second one follows its link.
let touched = null, touching = false;
document.addEventListener("pointerup", (event) => { touching = event.pointerType === "touch"; });
document.addEventListener("click", (event) => {
  const mark = touching ? markOf(event.target) : null;
  if (!mark) {
    if (touching) hide();
    touched = null;
    return;
  }
  if (mark !== touched) {
    event.preventDefault();
    show(mark, event.clientX, event.clientY);
    touched = mark;
  }
}, true);

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function go(mark) {
  if (!mark) return;
  if (!mark.hasAttribute("tabindex")) mark.setAttribute("tabindex", "-1");
  mark.focus();
}

document.addEventListener("keydown", (event) => {
  const chart = chartOf(event.target);
  if (event.key === "Escape" && !tip.hidden) hide();
  if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = markOf(event.target), map = chart.classList.contains("map");
  if (event.key === "Escape" && here) return chart.focus();
  const direction = DIRECTIONS[event.key], ends = { Home: 0, End: -1 };
  const enters = !here && (event.key === "Enter" || (direction && !map));
  if (!enters && !(here && (direction || event.key in ends))) return;
  const marks = [...chart.querySelectorAll(MARK)].filter((mark) => mark.getClientRects().length);
  if (!marks.length) return;
  event.preventDefault();
  if (event.key in ends) return go(marks.at(ends[event.key]));
  if (!here) {
    if (!map) return go(marks[0]);
    const [x, y] = middle(chart);
    return go(nearest(marks, (mx, my) => Math.hypot(mx - x, my - y)));
  }
  const [x, y] = middle(here), [ux, uy] = direction;
  // The nearest mark ahead; straying to the side counts double.
  go(nearest(marks.filter((mark) => mark !== here), (mx, my) => {
    const ahead = (mx - x) * ux + (my - y) * uy;
    return ahead < 1 ? Infinity : ahead + 2 * Math.abs((mx - x) * uy + (my - y) * ux);
  }));
});

function nearest(marks, cost) {
  let best = null, least = Infinity;
  for (const mark of marks) {
    const now = cost(...middle(mark));
    if (now < least) [best, least] = [mark, now];
  }
  return best;
}

adopt(document);
// Fragments that are fetched later have titles of their own.
new MutationObserver(() => adopt(document)).observe(document.body, { childList: true, subtree: true });
