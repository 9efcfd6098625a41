// In the page, before any script of it: counts what the module calls of the platform, and has one of these calls fail, or
// all from it on, as the page's address says: `?fault={"call": "storage.getItem", "nth": 2, "way": "throw", "on": false}`.
(() => {
  if (location.pathname !== "/form") return;
  const { getItem, setItem, clear } = Storage.prototype;
  const FASTER = 8; // time passes for the module; the tests do not wait for its patience
  const OURS = "/leadpact/";
  const [later, now] = [setTimeout, performance.now.bind(performance)];
  let fault = JSON.parse(new URLSearchParams(location.search).get("fault") ?? "null");
  let begun = false;
  const counts = new Map(); // call → how often it was made
  const state = (window.torture = { calls: [], failed: 0, last: now(), heal: () => (fault = undefined), quiet: () => now() - state.last, wait: (time) => new Promise((then) => later.call(window, then, time)) });
  Error.stackTraceLimit = 30;
  // What an earlier session kept is not this one's.
  const session = new URLSearchParams(location.search).get("session");
  if (getItem.call(sessionStorage, "torture") !== session) for (const area of [localStorage, sessionStorage]) clear.call(area);
  setItem.call(sessionStorage, "torture", session);
  // The next page is asked what became of this one.
  addEventListener("pagehide", () => setItem.call(sessionStorage, "torture-said", JSON.stringify({ faults: state.failed, calls: fault === null ? state.calls : undefined })));

  // The collector of garbage calls whenever it likes: nothing that a session calls.
  let collecting = false;
  const Registry = window.FinalizationRegistry;
  window.FinalizationRegistry = function (work) {
    return new Registry((held) => {
      collecting = true;
      try {
        work(held);
      } finally {
        collecting = false;
      }
    });
  };
  const isOurs = () => !collecting && new Error().stack.includes(OURS);
  const broken = (call) => new TypeError(`torture: ${call} fails`);

  // The way in which this call fails now; undefined where it does not.
  function fails(call, ways) {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    state.last = now();
    if (fault === null) state.calls.push([call, ways]);
    if (!fault) return undefined;
    const starts = !begun && call === fault.call && nth === fault.nth;
    begun ||= starts;
    if (!starts && !(begun && fault.on)) return undefined;
    state.failed += 1;
    return ways.includes(fault.way) ? fault.way : ways[0];
  }

  // What a call that fails does. `late` is one that did its work and then fails; a timer `never` comes back.
  const FAILING = {
    throw: (call) => {
      throw broken(call);
    },
    reject: (call) => Promise.reject(broken(call)),
    never: () => new Promise(() => {}),
    nothing: () => undefined,
    null: () => null,
    late: (call, work) => Promise.resolve(work()).then(() => FAILING.throw(call)),
  };

  const guarded = (call, ways, work) => {
    if (!isOurs()) return work();
    const way = fails(call, ways);
    return way ? FAILING[way](call, work) : work();
  };

  function method(owner, name, call, ways) {
    const own = owner?.[name];
    if (typeof own !== "function") return;
    owner[name] = function (...given) {
      return guarded(call, ways, () => own.apply(this, given));
    };
  }

  function getter(owner, name, call, ways) {
    const own = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!own?.get) return;
    Object.defineProperty(owner, name, { ...own, get() {
      return guarded(call, ways, () => own.get.call(this));
    } });
  }

  function setter(owner, name, call, ways) {
    const own = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!own?.set) return;
    Object.defineProperty(owner, name, { ...own, set(value) {
      guarded(call, ways, () => own.set.call(this, value));
    } });
  }

  function constructs(owner, name, call, also = (made) => made) {
    const own = owner[name];
    if (!own) return;
    const wrapped = new Proxy(own, {
      construct: (target, given, asked) => guarded(call, ["throw"], () => also(Reflect.construct(target, given, asked === wrapped ? target : asked))),
    });
    owner[name] = wrapped;
  }

  // Timers of the module run faster; one that fails throws, or never comes back.
  function timer(name, faster) {
    const own = window[name];
    if (!own) return;
    window[name] = function (then, time, ...given) {
      const start = (time) => own.call(window, then, time, ...given);
      if (!isOurs()) return start(time);
      const way = fails(name, ["throw", "nothing"]);
      return way ? FAILING[way](name) : start(faster && time ? time / FASTER : time);
    };
  }

  function trap(call) {
    throw new WebAssembly.RuntimeError(`torture: ${call} traps`);
  }

  // The exports of an instance: one that fails traps, before or after its work.
  function trapping(instance) {
    const exports = { ...instance.exports };
    for (const [name, own] of Object.entries(exports)) {
      if (typeof own !== "function") continue;
      const call = `wasm.${name}`;
      exports[name] = (...given) => {
        const way = isOurs() ? fails(call, ["throw", "late"]) : undefined;
        if (way === "throw") trap(call);
        const done = own(...given);
        return way === "late" ? trap(call) : done;
      };
    }
    return Object.create(instance, { exports: { value: exports } });
  }

  const PROMISE = ["reject", "throw", "nothing", "never"];
  const all = (owner, prefix, names, ways, wrap = method) => names.forEach((name) => wrap(owner, name, `${prefix}.${name}`, ways));

  for (const area of ["localStorage", "sessionStorage"]) getter(window, area, area, ["throw", "null"]);
  all(Storage.prototype, "storage", ["getItem"], ["throw", "null"]);
  all(Storage.prototype, "storage", ["setItem", "removeItem"], ["throw", "nothing"]);
  getter(Navigator.prototype, "locks", "navigator.locks", ["throw", "nothing"]);
  all(window.LockManager?.prototype, "locks", ["request"], PROMISE);

  method(window, "fetch", "fetch", [...PROMISE, "late"]);
  all(Response.prototype, "response", ["json", "arrayBuffer"], PROMISE);
  all(Response.prototype, "response", ["ok", "status", "body", "headers"], ["throw", "nothing"], getter);
  all(Headers.prototype, "headers", ["get"], ["throw", "null"]);
  all(ReadableStream.prototype, "stream", ["getReader"], ["throw", "nothing"]);
  all(ReadableStreamDefaultReader.prototype, "reader", ["read", "cancel"], PROMISE);
  all(Navigator.prototype, "navigator", ["onLine", "userActivation"], ["throw", "nothing"], getter);

  all(Crypto.prototype, "crypto", ["getRandomValues"], ["throw", "null"]);
  all(window.SubtleCrypto?.prototype, "crypto.subtle", ["digest"], PROMISE);

  all(WebAssembly, "WebAssembly", ["compile"], PROMISE);
  constructs(WebAssembly, "Instance", "WebAssembly.Instance", trapping);

  all(Document.prototype, "document", ["createElement", "querySelector", "querySelectorAll"], ["throw", "null"]);
  all(Document.prototype, "document", ["adoptedStyleSheets"], ["throw"], getter);
  all(Document.prototype, "document", ["adoptedStyleSheets"], ["throw", "nothing"], setter);
  all(Document.prototype, "document", ["hidden", "visibilityState", "referrer", "readyState"], ["throw"], getter);
  all(Element.prototype, "element", ["append", "before", "replaceChildren", "remove", "setAttribute", "removeAttribute", "toggleAttribute"], ["throw", "nothing"]);
  all(Element.prototype, "element", ["getAttribute", "hasAttribute", "closest", "matches", "querySelector", "querySelectorAll", "checkVisibility", "scrollIntoView"], ["throw", "null"]);
  all(Node.prototype, "node", ["contains", "compareDocumentPosition", "getRootNode"], ["throw"]);
  all(Node.prototype, "node", ["textContent"], ["throw", "nothing"], setter);
  all(HTMLElement.prototype, "element", ["hidden"], ["throw", "nothing"], setter);
  all(HTMLElement.prototype, "element", ["style"], ["throw"], getter);
  all(HTMLElement.prototype, "element", ["focus", "attachInternals"], ["throw"]);
  all(CSSStyleSheet.prototype, "sheet", ["replaceSync"], ["throw", "nothing"]);
  all(CustomElementRegistry.prototype, "customElements", ["get", "define"], ["throw"]);

  all(HTMLFormElement.prototype, "form", ["elements"], ["throw"], getter);
  all(HTMLFormElement.prototype, "form", ["submit", "requestSubmit"], ["throw", "nothing"]);
  for (const [kind, owner] of [["input", HTMLInputElement], ["textarea", HTMLTextAreaElement]]) {
    all(owner.prototype, kind, ["value", "form", "type"], ["throw"], getter);
    all(owner.prototype, kind, ["setCustomValidity"], ["throw", "nothing"]);
  }
  all(FormData.prototype, "formData", ["set", "get", "append", "has", "delete"], ["throw", "nothing"]);

  all(EventTarget.prototype, "target", ["addEventListener", "removeEventListener"], ["throw", "nothing"]);
  all(EventTarget.prototype, "target", ["dispatchEvent"], ["throw"]);
  all(Event.prototype, "event", ["preventDefault"], ["throw", "nothing"]);
  all(AbortController.prototype, "abortController", ["abort"], ["throw", "nothing"]);
  all(MutationObserver.prototype, "observer", ["observe"], ["throw", "nothing"]);

  for (const name of ["FormData", "URL", "URLSearchParams", "AbortController", "MutationObserver", "CSSStyleSheet", "TextEncoder", "TextDecoder", "Event", "CustomEvent"]) constructs(window, name, `new ${name}`);
  constructs(Intl, "DateTimeFormat", "new Intl.DateTimeFormat");
  all(Intl.DateTimeFormat.prototype, "dateTimeFormat", ["format"], ["throw"], getter);
  all(TextEncoder.prototype, "textEncoder", ["encode", "encodeInto"], ["throw"]);
  all(TextDecoder.prototype, "textDecoder", ["decode"], ["throw"]);

  timer("setTimeout", true);
  timer("setInterval", false);
  for (const name of ["requestIdleCallback", "requestAnimationFrame", "queueMicrotask"]) timer(name, false);
  for (const name of ["clearTimeout", "clearInterval"]) method(window, name, name, ["throw", "nothing"]);
  all(window.Scheduler?.prototype, "scheduler", ["yield"], PROMISE);
  all(Performance.prototype, "performance", ["getEntriesByType"], ["throw"]);
  const time = performance.now;
  Performance.prototype.now = function () {
    const real = time.call(this);
    return isOurs() ? guarded("performance.now", ["throw"], () => real * FASTER) : real;
  };
})();
