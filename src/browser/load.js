// The wasm: fetched once, checked by its hash, and started anew where it has stopped.
import { __wbg_reset_state as reset, initSync } from "./leadpact_bindgen.js";

const MOST_RESTARTS = 2;
// A classic script knows its own address only while it runs.
const currentScript = globalThis.document?.currentScript;
let given; // the address of the wasm, where the page says one
let loading;
let restarts = 0;

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
  return currentScript?.src ? new URL("leadpact_bg.wasm", currentScript.src) : new URL("leadpact_bg.wasm", import.meta.url);
}

// Whether an error left the instance behind in the middle of its work: it is never called again.
export const isTrap = (error) => error instanceof WebAssembly.RuntimeError || /^(RangeError|InternalError)$/.test(error?.name);

// A new instance of the same module, at most twice in a page; says whether there is one.
export function restart() {
  if ((restarts += 1) > MOST_RESTARTS) return false;
  reset();
  return true;
}
