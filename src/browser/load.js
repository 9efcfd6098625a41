// The wasm: fetched once, checked by its hash, and started anew where it has stopped.
import { Engine, __wbg_reset_state as reset, initSync } from "./leadpact_bindgen.js";

const MOST_RESTARTS = 2;
// A classic script knows its own address only while it runs; an image of that name would hide it. A server has none.
const script = Object.getOwnPropertyDescriptor(globalThis.Document?.prototype ?? {}, "currentScript")?.get.call(document);
let given; // the address of the wasm, where the page says one
let loading;
let restarts = 0;
let stopped; // the error that left the instance in the middle of its work

export function load({ wasm } = {}) {
  given ??= wasm;
  return (loading ??= begin().catch((error) => {
    loading = undefined; // a later form may have more luck
    throw error;
  }));
}

async function begin() {
  const answer = await fetch(address(), { integrity: WASM_INTEGRITY });
  if (!answer.ok) throw new Error(`the wasm cannot be loaded (${answer.status})`);
  initSync({ module: await WebAssembly.compile(await answer.arrayBuffer()) });
}

function address() {
  const said = given ?? document.querySelector("[data-leadpact-wasm]")?.getAttribute("data-leadpact-wasm");
  if (said) return new URL(said, document.baseURI);
  // Bundlers look for the second form, as it is written here.
  return script?.src ? new URL("leadpact_bg.wasm", script.src) : new URL("leadpact_bg.wasm", import.meta.url);
}

// Whether an error left the instance behind in the middle of its work, or it says what is no JSON: it is never called again.
// By their names, as a browser may have no WebAssembly.
export const isTrap = (error) => error === stopped || /^(RuntimeError|RangeError|InternalError|SyntaxError)$/.test(error?.name);

// Whoever calls the engine, the page's own scripts too: what stopped it is known before anybody calls it again.
for (const name of Object.getOwnPropertyNames(Engine.prototype).filter((name) => name !== "constructor")) {
  const own = Engine.prototype[name];
  // No method takes more; a list of them would cost a keystroke its time.
  Engine.prototype[name] = function (one, two, three) {
    if (stopped) throw stopped;
    try {
      return own.call(this, one, two, three);
    } catch (error) {
      if (isTrap(error)) stopped = error;
      throw error;
    }
  };
}

// A new instance of the same module, at most twice in a page; says whether there is one.
export function restart() {
  if ((restarts += 1) > MOST_RESTARTS) return false;
  try {
    reset();
  } catch {
    return restart(); // there was no memory for it, say
  }
  stopped = undefined;
  return true;
}
