// Behaviour, only while it may be measured and in memory only: attention, scrolling, events, pages.
import { happened, linger, scrolled, view } from "./leadpact_bindgen.js";

const ATTENTION = 30_000; // milliseconds that an input vouches for
const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"];

export function behaviour(bindings) {
  let running;
  const each = (measure) => bindings().forEach((binding) => binding.measured(measure));

  function allow(allowed) {
    if (allowed === Boolean(running)) return;
    running?.abort();
    running = allowed ? listen() : undefined;
  }

  function listen() {
    const stop = new AbortController();
    let active = performance.now();
    let waiting = false;
    const on = (types, then) =>
      types.forEach((type) => addEventListener(type, then, { passive: true, capture: true, signal: stop.signal }));
    on(INPUTS, () => (active = performance.now()));
    on(["scroll", "resize"], () => {
      if (!waiting) requestAnimationFrame(() => ((waiting = false), stop.signal.aborted || each(depth)));
      waiting = true;
    });
    on(["click"], ({ target }) => {
      const name = target.closest?.("[data-leadpact-event]")?.getAttribute("data-leadpact-event");
      if (name) event(name);
    });
    const timer = setInterval(() => {
      const seen = document.visibilityState === "visible" && performance.now() - active < ATTENTION;
      if (seen) each((lead) => linger(lead, location.pathname));
    }, 1000);
    stop.signal.addEventListener("abort", () => clearInterval(timer));
    return stop;
  }

  const event = (name) => each((lead) => happened(lead, String(name)));
  // For pages that change without loading anew.
  const page = () => each((lead) => shown(lead, false));
  return { allow, event, page };
}

// What a lead can know of the page that is shown as soon as it may.
export const arrive = (lead) => shown(lead, true);

function shown(lead, first) {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  return view(lead, first, location.pathname, query, outside(document.referrer)) | depth(lead);
}

// The host of a referrer that is not this site.
function outside(referrer) {
  const { hostname } = Object.assign(document.createElement("a"), { href: referrer || location.href });
  return hostname && hostname !== location.hostname ? hostname : undefined;
}

// A page shorter than the window is seen to its end.
function depth(lead) {
  const { scrollTop, clientHeight, scrollHeight } = document.scrollingElement ?? document.documentElement;
  const seen = scrollHeight > clientHeight ? (100 * (scrollTop + clientHeight)) / scrollHeight : 100;
  return scrolled(lead, location.pathname, Math.min(100, Math.max(0, seen)));
}
