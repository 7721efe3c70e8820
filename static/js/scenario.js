// The scenario page as its fields change, and what can be done at a place or a store of a map.
//
// Contract with the server: `#plan` holds forms whose addresses are whole plans; an answer is the page at that address.
// The parts named by `data-live` are taken over from it, fields stay. In a form with `data-now` every entry counts, in
// the others their buttons do. `[data-least][data-most]` is a number that a slider may set. A map's figure may carry
// `data-place-href` and `data-place-words`: where a place leads. Without this file links and buttons load the page.

const PAUSE_MS = 150, BUSY_MS = 200;
const plan = document.querySelector("#plan[data-plan]");
const isField = (node) => node?.matches?.("input, select, textarea") && node.type !== "hidden";

// ---- the page follows its fields

let loading, pause;

async function follow(url) {
  clearTimeout(pause);
  loading?.abort();
  const own = loading = new AbortController();
  const busy = setTimeout(() => document.querySelector("[data-live=results]").setAttribute("aria-busy", "true"), BUSY_MS);
  try {
    const answer = await fetch(url, { signal: own.signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("#plan[data-plan]")) throw new Error("no plan in the answer");
    take(fresh);
    // A plan that was refused has no address of its own.
    if (!fresh.querySelector("#plan [role=alert]")) history.replaceState(null, "", answer.url);
    document.title = fresh.title;
    plan.querySelector("[data-said]").textContent =
      (fresh.querySelector("#plan [role=alert]") ?? fresh.querySelector("h1")).textContent;
  } catch (fault) {
    if (fault.name === "AbortError") return;
    location.assign(url);
  } finally {
    clearTimeout(busy);
    if (loading === own) document.querySelector("[data-live=results]").removeAttribute("aria-busy");
  }
}

// Takes over what the answer says; a part with the field that is being typed into is kept, and its own parts taken.
function take(fresh) {
  const kept = remember(), scroll = [scrollX, scrollY];
  for (const next of fresh.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${next.dataset.live}"]`);
    if (!old || (old.contains(document.activeElement) && isField(document.activeElement))) continue;
    const here = old.contains(document.activeElement);
    old.replaceWith(document.importNode(next, true));
    if (here && !refocus(kept.focused)) document.getElementById("changes")?.focus({ preventScroll: true });
  }
  kept.restore();
  sliders();
  scrollTo(...scroll);
}

// What was typed into fields that no plan holds yet, and what was unfolded.
function remember() {
  const fields = [...plan.querySelectorAll("[data-live] :is(input, select)[id]")].filter((field) =>
    field.type === "checkbox" ? field.checked : field.value !== field.defaultValue && field.type !== "hidden");
  const typed = fields.filter((field) => !field.name.startsWith("edit.")).map((field) => [field.id, field.value, field.checked]);
  const open = [...plan.querySelectorAll("details[id][open]")].map((details) => details.id);
  const at = document.activeElement;
  return {
    focused: at && { id: at.id, name: at.name, value: at.value, words: at.getAttribute?.("aria-label") },
    restore() {
      for (const [id, value, checked] of typed) {
        const field = document.getElementById(id);
        if (field) [field.value, field.checked] = [value, checked];
      }
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    },
  };
}
function refocus(was) {
  const again = (was.id && document.getElementById(was.id)) ||
    (was.words && document.querySelector(`:is(#plan, [data-live=results]) [aria-label=${JSON.stringify(was.words)}]`));
  again?.focus({ preventScroll: true });
  return Boolean(again);
}

const addressOf = (form, button) => {
  const url = new URL(form.action), pairs = new URLSearchParams();
  for (const [key, value] of new FormData(form, button)) if (typeof value === "string") pairs.append(key, value);
  url.search = pairs;
  return url;
};

if (plan) {
  plan.toggleAttribute("data-following", true);
  plan.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.method !== "get") return;
    event.preventDefault();
    follow(addressOf(form, button)).then(() => {
      // What was added is in the list now.
      if (button?.name === "add" && !plan.querySelector("[role=alert]")) {
        form.reset();
        for (const slider of form.querySelectorAll("input[type=range]")) slider.value = sliderStart(slider.previousElementSibling);
      }
    });
  });
  plan.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-now]") || event.target.matches("[data-place]")) return;
    clearTimeout(pause);
    pause = setTimeout(() => follow(addressOf(form)), PAUSE_MS);
  });
  // A place counts once it is written.
  plan.addEventListener("change", (event) => {
    if (event.target.matches("[data-now] [data-place]")) follow(addressOf(event.target.form));
  });
  plan.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
    event.preventDefault();
    follow(new URL(link.href));
  });
}

// The maps move in place.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-live=results] :is([data-zoom], [data-pan])");
  if (!link || !plan || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  follow(new URL(link.href));
});

// ---- sliders beside numbers

const number = (text) => Number(String(text).replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
const sliderStart = (field) => number(field.value) || number(field.placeholder) || 0;

function sliders() {
  for (const field of plan?.querySelectorAll("input[data-least]") ?? []) {
    if (field.nextElementSibling?.type === "range") continue;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: field.dataset.least, max: field.dataset.most, step: field.dataset.step });
    slider.value = sliderStart(field);
    // The field is the control that is read out and reached by keyboard; its arrow keys step like the slider's.
    slider.tabIndex = -1;
    slider.setAttribute("aria-hidden", "true");
    field.after(slider);
    slider.addEventListener("input", () => {
      field.value = slider.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    field.addEventListener("input", () => { slider.value = sliderStart(field); });
    field.addEventListener("keydown", (event) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!sign || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const next = sliderStart(field) + sign * Number(field.dataset.step) * (event.shiftKey ? 10 : 1);
      field.value = Math.min(Number(field.dataset.most), Math.max(Number(field.dataset.least), next));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
sliders();

// ---- what can be done at a place, or with a store

const panel = document.createElement("div");
panel.className = "place";
panel.hidden = true;
panel.setAttribute("role", "dialog");
document.body.append(panel);
let from = null;

function offer(title, actions, [x, y], source) {
  const heading = document.createElement("p");
  heading.textContent = title;
  panel.replaceChildren(heading, ...actions);
  panel.setAttribute("aria-label", title);
  panel.hidden = false;
  from = source;
  const { width, height } = panel.getBoundingClientRect(), wide = document.documentElement.clientWidth;
  panel.style.left = `${scrollX + Math.max(8, Math.min(wide - width - 8, x + 8))}px`;
  panel.style.top = `${scrollY + (y + 8 + height > innerHeight ? Math.max(8, y - height - 8) : y + 8)}px`;
  actions[0]?.focus({ preventScroll: true });
}
function leave(back) {
  if (panel.hidden) return;
  panel.hidden = true;
  if (back) from?.focus?.({ preventScroll: true });
}
const action = (words, run) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", () => {
    leave(true);
    run();
  });
  return button;
};
const link = (words, href) => Object.assign(document.createElement("a"), { textContent: words, href });
const adder = (kind) => plan.querySelector(`button[name=add][value=${kind}]`);
// Presses a button of the form, with one of its fields filled.
const press = (kind, name, value) => {
  const button = adder(kind);
  if (name) button.form.elements[name].value = value;
  button.form.requestSubmit(button);
};

document.addEventListener("place", (event) => {
  const { place, x, y } = event.detail, svg = event.target;
  const box = svg.closest("[data-place-href]");
  if (box) {
    const href = box.dataset.placeHref.replace("{place}", place.replace(" ", ""));
    return offer(place, [link(box.dataset.placeWords, href)], [x, y], svg);
  }
  if (!plan || !svg.closest("[data-live=results]") || !adder("open")) return;
  const actions = ["open", "competitor"].map((kind) =>
    action(adder(kind).textContent, () => press(kind, "add_place", place)));
  const store = plan.querySelector("#add_store_id");
  if (store?.value) {
    const words = `${adder("move").textContent} ${store.selectedOptions[0].textContent.trim()}`;
    actions.push(action(words, () => press("move", "add_place", place)));
  }
  const edited = [...plan.querySelectorAll("details[open] [data-place]")];
  for (const field of edited) {
    const words = field.closest("li").querySelector(".what b").textContent;
    actions.push(action(`${adder("move").textContent} ${words}`, () => {
      field.value = place;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }));
  }
  offer(place, actions, [x, y], svg);
});

// A store of the scenario's maps: what can be done with it, and its page.
document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("[data-live=results] .map-figure a[href*='/network/stores/']");
  if (!mark || !plan || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const id = decodeURIComponent(new URL(mark.href.baseVal ?? mark.href, location.href).pathname.split("/").pop());
  const list = plan.querySelector("#add_store_id"), option = [...list?.options ?? []].find((option) => option.value === id);
  if (!option) return;
  event.preventDefault();
  const rect = mark.getBoundingClientRect();
  const at = event.detail ? [event.clientX, event.clientY] : [rect.left + rect.width / 2, rect.bottom];
  const choose = () => {
    list.value = id;
    list.form.querySelector("details").open = true;
  };
  const fill = (selector) => () => {
    choose();
    const field = document.querySelector(selector);
    field.scrollIntoView({ block: "nearest" });
    field.focus({ preventScroll: true });
  };
  offer(option.textContent.trim(), [
    action(adder("close").textContent, () => press("close", "add_store_id", id)),
    action(adder("move").textContent, fill("#move_place")),
    action(adder("resize").textContent, fill("#new_area")),
    link(plan.dataset.page, mark.getAttribute("href")),
  ], at, mark);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) leave(true);
});
document.addEventListener("pointerdown", (event) => {
  if (!panel.contains(event.target)) leave(false);
});
