// Behaviour, only while it may be measured and in memory only: attention, scrolling, events, pages, visits.
import { happened, linger, scrolled, view } from "./lead.js";

const ATTENTION = 30_000; // milliseconds that an input vouches for
const VISIT = 30 * 60_000; // milliseconds without activity after which a visit is a new one
const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"];

// `safely` is for what the browser calls.
export function behaviour(bindings, safely) {
  let allowed = false;
  let running;
  let address; // the path in the address when it was last looked at
  let path; // that is shown: this one, or what the page calls it
  let active; // when the visitor last did something
  let looking = false; // a look at how far the page was scrolled is on its way
  const each = (measure) => bindings().forEach((binding) => binding.measured(measure));

  function allow(may) {
    allowed = may;
    listening();
  }

  // Listens while behaviour may be measured, or held in memory, and there is a form to measure it for.
  function listening() {
    const listens = bindings().some(({ holds }) => allowed || holds);
    if (listens === Boolean(running)) return;
    running?.abort();
    running = listens ? listen() : undefined;
  }

  function listen() {
    const stop = new AbortController();
    const { signal } = stop;
    const on = (target, types, then) =>
      types.forEach((type) => target?.addEventListener(type, safely(then), { passive: true, capture: true, signal }));
    // Who agrees by a click is there; who agreed on another day may not be.
    active = navigator.userActivation?.isActive ? Date.now() : 0;
    path = address = pathOf(location);
    on(window, INPUTS, acts);
    on(window, ["scroll", "resize"], () => look(signal));
    on(window, ["click"], ({ target }) => {
      // An input named `closest` hides its form's own.
      const named = target instanceof Element && Element.prototype.closest.call(target, "[data-leadpact-event]");
      const name = named && Element.prototype.getAttribute.call(named, "data-leadpact-event");
      if (name) event(name);
    });
    on(globalThis.navigation, ["currententrychange"], moves);
    on(window, ["popstate", "hashchange"], moves);
    on(window, ["pageshow"], ({ persisted }) => persisted && shows(pathOf(location)));
    const tick = () => {
      const shown = path;
      if (isSeen() && Date.now() - active < ATTENTION) each((lead) => linger(lead, shown));
    };
    const timer = setInterval(safely(tick), 1000);
    signal.addEventListener("abort", safely(() => clearInterval(timer)));
    return stop;
  }

  function acts() {
    const now = Date.now();
    if (active > 0 && now - active > VISIT && bindings().every(({ memory }) => memory.begins(now))) visit(true);
    active = now;
  }

  // Layout is read when it was made anyway, not in the middle of scrolling.
  function look(signal) {
    if (looking) return;
    looking = true;
    const then = safely(() => {
      looking = false;
      const [shown, percent] = [path, depth()];
      if (!signal.aborted && isSeen()) each((lead) => scrolled(lead, shown, percent));
    });
    requestAnimationFrame(safely(() => setTimeout(then)));
  }

  // A page that changed its address without loading anew; another query or place in the page is no other page.
  function moves() {
    if (pathOf(location) !== address) shows(pathOf(location));
  }

  function shows(shown) {
    address = pathOf(location);
    path = shown;
    visit(false);
  }

  function visit(begins) {
    const arrives = arrival(path);
    each((lead) => arrives(lead, begins));
  }

  const event = (name) => each((lead) => happened(lead, String(name)));

  // For what no address tells of: a view by the path that the page gives it, else what the address has become.
  function page(named) {
    if (!running) return;
    if (named === undefined) moves();
    else shows(String(named));
  }
  return { allow, listening, event, page };
}

// The page as it is shown now, for a lead that may know of it now or later; says whether that changed anything.
export function arrival(path = pathOf(location)) {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  const from = outside(document.referrer);
  const percent = isSeen() ? depth() : 0;
  return (lead, begins) => {
    const seen = view(lead, begins, path, query, from);
    return scrolled(lead, path, percent) || seen;
  };
}

const isSeen = () => document.visibilityState === "visible";

// The path in an address: the fragment's in an application that keeps its routes there (`#/pricing`).
const pathOf = ({ pathname, hash }) => (/^#!?\//.test(hash) ? hash.replace(/^#!?|\?.*/g, "") : pathname);

// The host of a referrer that is not this site.
function outside(referrer) {
  const { hostname } = Object.assign(document.createElement("a"), { href: referrer || location.href });
  return hostname && hostname !== location.hostname ? hostname : undefined;
}

// A page shorter than the window is seen to its end.
function depth() {
  const { scrollTop, clientHeight, scrollHeight } = document.scrollingElement ?? document.documentElement;
  const seen = scrollHeight > clientHeight ? (100 * (scrollTop + clientHeight)) / scrollHeight : 100;
  return Math.min(100, Math.max(0, seen));
}
