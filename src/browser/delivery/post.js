// One request, and what became of it. Sent is only what was acknowledged.
import { each } from "../each.js";

const PATIENCE = 10_000; // milliseconds until an answer is there, whole: while the visitor waits
const GRACE = 500; // milliseconds in which a request that is given up ends
const KEPT_ALIVE = 60_000; // bytes of all that may outlive the page at once; browsers have 65,536 for everybody
const MOST_READ = 64 * 1024; // bytes of an answer
const AGAIN = [408, 425, 429];
const LONGEST_MESSAGE = 300;

let alive = 0; // bytes of our requests that may outlive the page

// Resolves to `{ sent }`, `{ again }` (with `answered`, and `after` in milliseconds where the server says when),
// `{ refused }` with the server's own words where it has some, or `{ impossible }`: nothing more can be had this way.
export async function post(parcel, patience = PATIENCE) {
  const bytes = new TextEncoder().encode(parcel.body).length;
  if (alive + bytes <= KEPT_ALIVE) {
    alive += bytes;
    const outcome = await request(parcel, true, patience).finally(() => (alive -= bytes));
    if (!outcome.unmade || parcel.twice) return outcome;
  }
  // Others on the page may have taken the quota: without it, a request is as good while the page stays. Where that comes to
  // nothing either it is the network, and later tries are made once.
  const outcome = await request(parcel, false, patience);
  parcel.twice = outcome.answered === false;
  return outcome;
}

async function request(parcel, keepalive, patience) {
  const stop = new AbortController();
  const timer = setTimeout(() => each([() => stop.abort()], () => {}), patience);
  let unanswered;
  const given = new Promise((end) => (unanswered = setTimeout(() => end({ impossible: true }), patience + GRACE)));
  try {
    // A page may have put something of its own into the place of `fetch`: it may not even end.
    return await Promise.race([exchange(parcel, keepalive, stop.signal), given]);
  } finally {
    clearTimeout(timer);
    clearTimeout(unanswered);
  }
}

async function exchange(parcel, keepalive, signal) {
  let answer;
  let asked;
  try {
    asked = fetch(parcel.url, how(parcel, keepalive, signal));
    if (typeof asked?.then !== "function") return { impossible: true };
  } catch {
    return { impossible: true };
  }
  try {
    answer = await asked;
  } catch {
    return { again: true, answered: false, unmade: keepalive && !signal.aborted };
  }
  if (typeof answer?.status !== "number") return { impossible: true };
  // Nobody but the endpoint gets what was typed.
  if (answer.type === "opaqueredirect") return { impossible: true };
  try {
    return judge(parcel, answer, await start(answer));
  } catch {
    return { again: true, answered: false };
  }
}

function how({ id, body, type, elsewhere, credentials }, keepalive, signal) {
  const headers = { "Content-Type": type, Accept: "application/json" };
  if (!elsewhere) headers["Idempotency-Key"] = `"${id}"`;
  return { method: "POST", body, headers, keepalive, signal, credentials, redirect: "manual", referrerPolicy: "strict-origin" };
}

// The start of an answer: read, as the quota stays taken otherwise, and not without end.
async function start(answer) {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let [text, read] = ["", 0];
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value, { stream: true });
    if ((read += value.length) > MOST_READ) {
      reader.cancel().catch(() => {});
      return { text, whole: false };
    }
  }
}

function judge({ id, acknowledge }, { ok, status, headers }, { text, whole }) {
  if (ok) {
    // An answer without a body has no room for the id. JSON without end was meant for a program, and is not read to its end.
    const endless = !whole && /json/i.test(headers.get("Content-Type") ?? "");
    // What shows a page to everybody may show what it was sent, too.
    const echoed = text.includes(id) && !/html/i.test(headers.get("Content-Type") ?? "");
    const told = acknowledge === "status" || status === 204 || echoed || endless;
    return told ? { sent: true, status } : { again: true, answered: true, unclear: true };
  }
  if (status === 409) return { again: true, answered: true, once: true };
  if (status < 500 && !AGAIN.includes(status)) return { refused: true, status, message: words(text) };
  return { again: true, answered: true, after: delay(headers.get("Retry-After")) };
}

// Seconds or a date, as milliseconds from now; nothing where it is neither.
function delay(said) {
  const value = said?.trim();
  if (!value) return undefined;
  const until = /^\d+$/.test(value) ? value * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(until) ? Math.max(0, until) : undefined;
}

// What the server says of why, where it says it for people to read.
function words(text) {
  try {
    const { message, error } = JSON.parse(text);
    const said = [message, error?.message, error].find((one) => typeof one === "string" && one.trim());
    return said?.slice(0, LONGEST_MESSAGE);
  } catch {
    return undefined;
  }
}
