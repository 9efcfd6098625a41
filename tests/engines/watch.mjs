// What a page under test carries before our script: notes of all we say and do, and spies on all that could store.
// The functions here run in the page.

function notes() {
  window.seen = { events: [], console: [], errors: [] };
  for (const type of ["ready", "assessed", "asking", "asked", "handoff", "consent", "error"]) {
    document.addEventListener(`leadpact:${type}`, ({ detail }) => {
      const { lead, ...rest } = detail;
      if (lead) window.lead = lead;
      window.seen.events.push({ type, ...rest });
    });
  }
  for (const level of ["debug", "error", "info", "log", "trace", "warn", "dir", "table"]) {
    const print = console[level];
    console[level] = (...said) => (window.seen.console.push(`${level}: ${said.map(String).join(" ")}`), print.apply(console, said));
  }
  addEventListener("error", ({ message }) => window.seen.errors.push(message));
  addEventListener("unhandledrejection", ({ reason }) => window.seen.errors.push(String(reason?.message ?? reason)));
}

function spies() {
  // The window's name lasts as long as the tab: what is called while a page is left is seen on the next one.
  const calls = JSON.parse(window.name || "[]");
  const unspied = [];
  const note = (call) => (calls.push(call), (window.name = JSON.stringify(calls)));
  const ownerOf = (object, key) => (!object || Object.hasOwn(object, key) ? object : ownerOf(Object.getPrototypeOf(object), key));

  function property(object, key, name = key) {
    const owner = ownerOf(object, key);
    if (!owner) return () => undefined;
    const { get, set, configurable } = Object.getOwnPropertyDescriptor(owner, key);
    if (!get || !configurable) return unspied.push(name), () => object[key];
    Object.defineProperty(owner, key, {
      configurable: true,
      enumerable: true,
      get() { return note(name), get.call(this); },
      set: set && function (value) { return note(`${name} =`), set.call(this, value); },
    });
    return () => get.call(object);
  }

  function methods(type, ...names) {
    const prototype = globalThis[type]?.prototype;
    for (const name of names.filter((name) => prototype && name in prototype)) {
      const own = prototype[name];
      prototype[name] = function (...given) { return note(`${name} ${given[0]}`), own.apply(this, given); };
      if (prototype[name] === own) unspied.push(`${type} ${name}`);
    }
  }

  function constructor(type) {
    const own = globalThis[type];
    if (own) globalThis[type] = new Proxy(own, { construct: (own, given) => (note(`new ${type}`), Reflect.construct(own, given)) });
  }

  const databases = globalThis.indexedDB?.databases.bind(indexedDB);
  const cacheNames = globalThis.caches?.keys.bind(caches);
  const raw = {
    localStorage: property(window, "localStorage"),
    sessionStorage: property(window, "sessionStorage"),
    cookie: property(document, "cookie"),
  };
  for (const key of ["indexedDB", "caches"]) property(window, key);
  methods("Storage", "getItem", "setItem", "removeItem", "clear", "key");
  methods("IDBFactory", "open", "deleteDatabase", "databases");
  methods("CacheStorage", "open", "has", "match", "keys", "delete");
  methods("CookieStore", "get", "getAll", "set", "delete");
  methods("StorageManager", "getDirectory", "persist", "persisted", "estimate");
  methods("ServiceWorkerContainer", "register", "getRegistration");
  for (const type of ["BroadcastChannel", "SharedWorker"]) constructor(type);

  window.spied = { calls, unspied };
  // All that is on the device, read past the spies.
  window.dump = async () => ({
    local: { ...raw.localStorage() },
    session: { ...raw.sessionStorage() },
    cookie: raw.cookie(),
    databases: (await databases?.())?.map(({ name }) => name) ?? [],
    caches: (await cacheNames?.()) ?? [],
  });
}

// Notes whose values our scripts read, of inputs by their names. Drivers read what they type into: the stack tells who it is.
function readers() {
  window.read = [];
  Error.stackTraceLimit = 100;
  const note = (name) => new Error().stack.includes("/leadpact/") && window.read.push(name);
  const kinds = {
    HTMLInputElement: ["value", "valueAsNumber", "valueAsDate", "checked", "files", "defaultValue", "defaultChecked", "selectionStart"],
    HTMLTextAreaElement: ["value", "defaultValue", "textLength", "selectionStart"],
    HTMLSelectElement: ["value", "selectedIndex", "selectedOptions"],
  };
  for (const [type, properties] of Object.entries(kinds)) {
    for (const key of properties) {
      const { get, set } = Object.getOwnPropertyDescriptor(window[type].prototype, key);
      Object.defineProperty(window[type].prototype, key, { configurable: true, set, get() { return note(this.name), get.call(this); } });
    }
  }
  const own = Element.prototype.getAttribute;
  Element.prototype.getAttribute = function (name) { return name === "value" && note(this.name), own.call(this, name); };
  window.FormData = new Proxy(FormData, { construct: (own, given) => (given.length > 0 && note("FormData"), Reflect.construct(own, given)) });
}

const inline = (run) => `<script>(${run})()</script>`;
export const NOTES = inline(notes);
export const SPIES = inline(spies);
export const READERS = inline(readers);
export const script = inline;
