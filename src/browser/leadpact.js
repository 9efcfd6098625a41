// The module's entry: finds the forms, loads what they need, and lets go of them.
// Whatever fails here, the form is left as the plain form it was.
import { behaviour } from "./behaviour.js";
import { consents } from "./consents.js";
import { each } from "./each.js";
import { defineElement } from "./element.js";
import { emit, forget, on as listen } from "./events.js";
import { Binding } from "./form.js";
import { hashOf } from "./hash.js";
import { langOf } from "./inputs.js";
import { Lead as OneLead } from "./lead.js";
import { isTrap, load, restart } from "./load.js";
import { ERASED, PREFIX, forget as wipe, isOver, kept, retention, storage } from "./memory.js";
import { OUTBOX } from "./outbox.js";
import { queue } from "./queue.js";

const SMALLEST = {
  pact: 1, id: "a", fields: [{ id: "a", label: "a", kind: "choice", options: [{ value: "a" }] }], groups: [{ id: "a", dimension: "fit" }],
  criteria: [{ id: "a", group: "a", points: 1, when: { fact: "a", is: "a" } }], qualification: { threshold: 1 },
};
const STOPPED = "the module stopped: it is not used again";

// A page may load the module twice, under two addresses: the first one serves.
const first = Symbol.for("leadpact");
const api = globalThis[first] ?? start();
const { export: exported } = api;
export const { attach, detach, consent, erase, event, on, page, ready, Lead } = api;
export { exported as export };

function start() {
  const bound = new Map(); // form → { lead: promise, binding, auto }
  const left = new WeakSet(); // forms that the page detached
  const told = new Set(); // what was printed
  const bindings = () => [...bound.values()].flatMap(({ binding }) => binding ?? []);
  const measures = behaviour(bindings, (work) => safely(work));
  const { consent, withdraw, given } = consents((consent) => {
    if (!consent.behaviour) wipe();
    bindings().forEach((binding) => binding.consent(consent));
    measures.allow(consent.behaviour);
  });
  let eraseSent; // forgets what waits to be sent, of forms that are gone as well
  let dead; // once the module stopped too often: its leads, so that not even their memory is freed

  const find = (target) => (typeof target === "string" ? document.querySelector(target) : target);

  function attach(target, options = {}) {
    const form = find(target);
    if (!(form instanceof HTMLFormElement)) return Promise.reject(new TypeError("expected a form, or its selector"));
    if (dead) return Promise.reject(new Error(STOPPED));
    left.delete(form);
    const entry = bound.get(form) ?? {};
    bound.set(form, entry);
    return (entry.lead ??= bind(form, options, entry));
  }

  async function bind(form, options, entry) {
    try {
      await shown();
      const said = (name) => Element.prototype.getAttribute.call(form, `data-leadpact${name}`) ?? undefined;
      const source = options.pact ?? said("");
      const [pact] = await Promise.all([typeof source === "object" ? source : fetchPact(source), load()]);
      const hash = await hashOf(pact);
      const deliver = (options.delivery ?? said("-delivery")) === "fetch" ? await deliverer(form, options, pact) : undefined;
      if (dead) throw new Error(STOPPED);
      // Browsers compile what is called first: in tasks of their own, and not while the visitor waits for a question.
      new OneLead(SMALLEST).free();
      await pause();
      const lead = new OneLead(pact, langOf(form));
      await pause();
      lead.assess();
      await pause();
      if (bound.get(form) !== entry) throw new Error("detached before it was ready");
      if (dead) throw new Error(STOPPED);
      const days = retention(options.retention ?? said("-retention"));
      const holds = (options.before_consent ?? said("-before-consent")) === "memory" && given().state === "unknown";
      // Of two forms with one pact the first remembers: what both saw would count twice.
      const shared = bindings().some(({ memory }) => memory.key === PREFIX + pact.id);
      entry.binding = new Binding(form, lead, pact, hash, (error) => fail(form, error), { days, holds, withdraw, deliver });
      entry.binding.memory.serves = !shared;
      entry.binding.consent(given());
      measures.listening();
      emit(form, "leadpact:ready", { lead: entry.binding.lead });
      return entry.binding.lead;
    } catch (error) {
      entry.binding?.release();
      entry.binding = undefined;
      // A form that is gone by now, as React mounts and unmounts in its StrictMode, is nobody's fault.
      if (bound.get(form) === entry && fail(form, error)) return bind(form, options, entry);
      entry.lead = undefined; // asked again, it may have more luck
      throw error;
    }
  }

  // A module of its own: who lets the browser send pays nothing for it. Without it, the browser sends.
  async function deliverer(form, options, pact) {
    try {
      const { Delivery } = await import("./delivery.js");
      eraseSent = Delivery.erase;
      return (page) => new Delivery(form, options, pact, page);
    } catch (error) {
      fail(form, error);
      return undefined;
    }
  }

  // Says what went wrong; returns whether what failed may be tried once more, on a new instance of the module.
  function fail(form, error) {
    if (isTrap(error) && !dead) {
      if (restart()) return bindings().every((binding) => binding.revive());
      (dead = bindings()).forEach((binding) => binding.stop());
    }
    const message = `LeadPact: ${error.message}`;
    if (!told.has(message)) console.warn(message);
    told.add(message);
    emit(form, "leadpact:error", { message });
    return false;
  }

  // What the browser calls: nobody else would hear of what fails there.
  function safely(work) {
    return (...given) => {
      try {
        return work(...given);
      } catch (error) {
        return void fail(document, error);
      }
    };
  }

  function detach(target) {
    const form = find(target);
    const gone = bound.get(form)?.binding;
    gone?.release();
    bound.delete(form);
    // Another form with the same pact goes on remembering.
    const heir = gone?.memory.serves && bindings().find(({ memory }) => memory.key === gone.memory.key);
    if (heir && !dead) heir.remember();
    measures.listening();
    if (!form) return;
    forget(form);
    left.add(form);
  }

  function drop() {
    withdraw();
    bindings().forEach((binding) => binding.erase());
    eraseSent?.();
  }

  function erase() {
    drop();
    wipe(true);
  }

  // Binds a form once the page is at rest, or as soon as the visitor turns to it.
  function soon(form) {
    const entry = { auto: true };
    bound.set(form, entry);
    const go = safely(() => bound.get(form) === entry && attach(form).catch(() => {}));
    const once = { once: true, passive: true };
    for (const type of ["focusin", "pointerdown"]) EventTarget.prototype.addEventListener.call(form, type, go, once);
    globalThis.requestIdleCallback?.(go, { timeout: 2000 }) ?? setTimeout(go, 200);
  }

  function scan() {
    for (const [form, { auto }] of bound) {
      if (auto && !document.contains(form)) {
        detach(form);
        left.delete(form);
      }
    }
    for (const form of document.querySelectorAll("form[data-leadpact]")) {
      if (!bound.has(form) && !left.has(form)) soon(form);
    }
  }

  function watch() {
    const observes = () => new MutationObserver(safely(scan)).observe(document, { childList: true, subtree: true });
    each([scan, observes], (error) => fail(document, error));
  }

  const { event, page } = measures;
  const api = { attach, detach, consent, erase, event, export: kept, on: listen, page, ready: load, Lead: OneLead };
  // Where a server draws pages that import the module, there is no page yet to do anything in.
  if (!globalThis.document) return api;
  globalThis[first] = api;
  // Whoever forgets in another tab forgets here, too. Where the storage was emptied as a whole, which withdraws nothing, all
  // goes on without it: what was cleared does not come back.
  const forgets = ({ key, oldValue, newValue, storageArea }) => {
    if (key === ERASED) return newValue === null || drop();
    // Before consent, not even this is asked of the storage.
    if (!given().behaviour || !storage((all) => all === storageArea)) return;
    if (key === null) bindings().forEach(({ memory }) => memory.close());
    else if (newValue === null && key.startsWith(PREFIX) && !key.startsWith(OUTBOX) && !isOver(oldValue)) withdraw();
  };
  const begins = () => (document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", watch) : watch());
  each([() => addEventListener("storage", safely(forgets)), begins, defineElement], (error) => fail(document, error));
  // An element or a frame of that name is no earlier module.
  if (!Object.hasOwn(globalThis, "LeadPact")) globalThis.LeadPact = { ...api };
  queue(globalThis.LeadPact);
  return api;
}

// The page's own work goes first: none of ours keeps it waiting for long. Functions, as what waits in the queue is done
// before the end of this file is.
function pause() {
  return globalThis.scheduler?.yield?.() ?? new Promise((then) => setTimeout(then));
}

// Nobody sees a page that the browser makes ahead: whether they will is not known yet.
function shown() {
  return document.prerendering && new Promise((then) => document.addEventListener("prerenderingchange", then, { once: true }));
}

async function fetchPact(address) {
  const answer = await fetch(address, { mode: "same-origin" });
  if (!answer.ok) throw new Error(`the pact cannot be loaded (${answer.status})`);
  return answer.json();
}
