// Moves the map in place: drag, wheel, pinch, keys and buttons change `view` in the address, and the figure is fetched
// again at that address. Without this file the same links load the page.
//
// Contract with the server: the figure is `[data-fragment=map]`; a request with the header `X-Fragment: map` may be
// answered with that element alone. `svg.map` carries data-centre (latitude,longitude) and data-half-width-km.

// Lambert-93 (EPSG:2154): exponent, radius of the equator, apex and eccentricity, as the server has them.
const N = 0.725607765, C = 11754255.426, XS = 700000, YS = 12655612.05, E = 0.0818191910428;
const SMALLEST_KM = 2, FRANCE_KM = 648, IDLE_MS = 220;

const bend = (latitude) => {
  const s = E * Math.sin(latitude);
  return ((1 - s) / (1 + s)) ** (E / 2);
};
const project = (latitude, longitude) => {
  const phi = latitude * Math.PI / 180, gamma = N * (longitude - 3) * Math.PI / 180;
  const r = C * (Math.tan(Math.PI / 4 - phi / 2) / bend(phi)) ** N;
  return [XS + r * Math.sin(gamma), YS - r * Math.cos(gamma)];
};
const unproject = (east, north) => {
  const x = east - XS, y = YS - north, t = (Math.hypot(x, y) / C) ** (1 / N);
  let phi = Math.PI / 2 - 2 * Math.atan(t);
  for (let i = 0; i < 8; i++) phi = Math.PI / 2 - 2 * Math.atan(t * bend(phi));
  return [phi * 180 / Math.PI, Math.atan2(x, y) / N * 180 / Math.PI + 3];
};
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

let loading;

// Shows the figure of another address; the address becomes the state.
async function show(url, figure) {
  loading?.abort();
  const own = loading = new AbortController();
  const svg = figure.querySelector("svg.map");
  svg?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { "X-Fragment": "map" }, signal: own.signal });
    const html = answer.ok ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-fragment=map]");
    if (!fresh) throw new Error("no map in the answer");
    const focused = figure.contains(document.activeElement) ? document.activeElement : null;
    const again = focused && (["zoom", "pan"].map((key) => focused.dataset[key] && `[data-${key}=${focused.dataset[key]}]`).find(Boolean) ?? "svg.map");
    history.replaceState(null, "", url);
    keepView(url, figure);
    figure.replaceWith(document.adoptNode(fresh));
    start(fresh);
    if (again) (fresh.querySelector(again) ?? fresh.querySelector("svg.map"))?.focus({ preventScroll: true });
  } catch (fault) {
    if (fault.name !== "AbortError") location.assign(url);
  }
}

// What else on the page carries the view (filters, links to layers) follows it.
function keepView(url, figure) {
  const view = url.searchParams.get("view");
  for (const field of document.querySelectorAll("input[name=view]")) field.value = view;
  for (const link of document.querySelectorAll("a[href*='view=']")) {
    if (figure.contains(link)) continue;
    const address = new URL(link.href);
    if (address.pathname !== url.pathname) continue;
    address.searchParams.set("view", view);
    link.href = address;
  }
}

function start(figure) {
  const svg = figure.querySelector("svg.map"), box = figure.querySelector(".map-box");
  if (!svg?.dataset.centre || !box) return;
  const [east, north] = project(...svg.dataset.centre.split(",").map(Number));
  const halfKm = Number(svg.dataset.halfWidthKm);
  // What has been moved since the figure was drawn: pixels, and a factor round the picture's middle.
  let dx = 0, dy = 0, factor = 1, timer;
  const fingers = new Map();

  const address = () => {
    const metresPerPx = 2000 * halfKm / svg.clientWidth / factor;
    const [latitude, longitude] = unproject(east - dx * metresPerPx, north + dy * metresPerPx);
    const half = clamp(halfKm / factor, SMALLEST_KM, FRANCE_KM);
    const view = [clamp(latitude, 40, 53).toFixed(4), clamp(longitude, -7, 12).toFixed(4), half.toFixed(1)];
    const url = new URL(location.href);
    // Zoomed out this far, the whole country says more than its surroundings.
    url.searchParams.set("view", factor < 1 && half > FRANCE_KM * 0.75 ? "fr" : view.map(Number).join());
    // Commas are legal in a query and easier to read than their escapes.
    url.search = url.search.replaceAll("%2C", ",");
    return url;
  };
  const moved = () => {
    svg.style.transform = `translate(${dx}px,${dy}px) scale(${factor})`;
    clearTimeout(timer);
    if (!fingers.size) timer = setTimeout(() => show(address(), figure), IDLE_MS);
  };
  // Scales round a point of the box, so that what lies under pointer or fingers stays there.
  const scale = (by, x, y) => {
    const next = clamp(factor * by, halfKm / FRANCE_KM * 0.9, halfKm / SMALLEST_KM), real = next / factor;
    const cx = x - svg.clientWidth / 2, cy = y - svg.clientHeight / 2;
    [dx, dy, factor] = [cx + (dx - cx) * real, cy + (dy - cy) * real, next];
  };
  const place = (event) => {
    const rect = box.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };

  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("wheel", (event) => {
    // A plain wheel scrolls the page unless the map has been entered; a trackpad's pinch comes with ctrlKey.
    if (!event.ctrlKey && !event.metaKey && !svg.contains(document.activeElement)) return;
    event.preventDefault();
    scale(Math.exp(-clamp(event.deltaY, -120, 120) / 300), ...place(event));
    moved();
  }, { passive: false });

  let travelled = 0;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, place(event));
    clearTimeout(timer);
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    // One finger scrolls the page; a mouse or two fingers move the map.
    const [x, y] = place(event), others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (event.pointerType === "touch" && !others.length) return;
    travelled += Math.hypot(x - before[0], y - before[1]);
    if (travelled < 4) return;
    svg.setPointerCapture(event.pointerId);
    svg.classList.add("dragging");
    const share = others.length ? 0.5 : 1;
    dx += (x - before[0]) * share;
    dy += (y - before[1]) * share;
    if (others.length) {
      const [ox, oy] = others[0], was = Math.hypot(before[0] - ox, before[1] - oy);
      scale(Math.hypot(x - ox, y - oy) / (was || 1), (x + ox) / 2, (y + oy) / 2);
    }
    fingers.set(event.pointerId, [x, y]);
    moved();
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId) || fingers.size) return;
    svg.classList.remove("dragging");
    if (travelled >= 4) moved();
  };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  // The end of a drag is not a click on the cell under it.
  svg.addEventListener("click", (event) => {
    if (travelled >= 4) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] };
    const step = event.target === svg && steps[event.key];
    if (step) {
      dx += step[0] * svg.clientWidth * 0.2;
      dy += step[1] * svg.clientHeight * 0.2;
    } else if ("+=-".includes(event.key)) {
      scale(event.key === "-" ? 0.5 : 2, svg.clientWidth / 2, svg.clientHeight / 2);
    } else return;
    event.preventDefault();
    moved();
  });
  for (const link of figure.querySelectorAll("[data-zoom],[data-pan]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(new URL(link.href), figure);
    });
  }
}

for (const figure of document.querySelectorAll("[data-fragment=map]")) start(figure);

// A click on a map that hits no link is a place. Whoever can do something there listens; the inset is another picture.
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const svg = event.target.closest?.("svg[data-centre]");
  if (!svg || event.target.closest("a, .inset")) return;
  const rect = svg.getBoundingClientRect();
  const [east, north] = project(...svg.dataset.centre.split(",").map(Number));
  const metresPerPx = 2000 * Number(svg.dataset.halfWidthKm) / rect.width;
  const x = event.clientX - rect.left - rect.width / 2, y = event.clientY - rect.top - rect.height / 2;
  const [latitude, longitude] = unproject(east + x * metresPerPx, north - y * metresPerPx);
  const detail = { place: `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`, x: event.clientX, y: event.clientY };
  svg.dispatchEvent(new CustomEvent("place", { bubbles: true, detail }));
});
