// What both servers share: reading what a form or the module sends, verifying it, and keeping it. A lead is kept whatever
// the verification says. Nothing here logs what a visitor said.
import { randomBytes } from "node:crypto";

// The longest body, in bytes; of a form with files, what it has besides.
export const LONGEST = 256 * 1024;
// The longest form with its files, which are held in memory until they are passed over.
export const LONGEST_WITH_FILES = 8 * 1024 * 1024;

// How long a body may be that comes with these headers.
export const longest = (headers) => (/^multipart\/form-data\b/i.test(headers["content-type"] ?? "") ? LONGEST_WITH_FILES : LONGEST);

// What the module adds to a form's own entries.
const RECORD = "leadpact";
const ID = "leadpact_id";
const CHARSET = "_charset_"; // what a form that is not in UTF-8 names its encoding by
const OURS = new Set([RECORD, ID, CHARSET, "leadpact_pact", "leadpact_lang"]);

// Why a body cannot be read; nothing of it is kept.
export class Unreadable extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Reads a body: the entries of a form, JSON of the same, or a CloudEvent that has that as its data.
export async function read(headers, bytes) {
  // No page sends any: what is unpacked may be a thousand times as long.
  if (headers["content-encoding"]) throw new Unreadable(415, "expected a body without Content-Encoding");
  const type = (headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  const body = String(bytes);
  if (type === "application/x-www-form-urlencoded") return submission(urlencoded(bytes));
  if (type === "multipart/form-data") return submission(await parts(headers, bytes));
  // Pages of another origin send JSON as plain text, to be let through without being asked first.
  if (!["application/json", "text/plain", "application/cloudevents+json"].includes(type)) {
    throw new Unreadable(415, "expected a form or JSON");
  }
  const sent = parsed(body);
  const data = type === "application/cloudevents+json" || isEvent(sent) ? object(sent.data) : sent;
  // A record alone. A form may have a field of that name, and has an id then.
  if ("record" in data && !(RECORD in data) && !(ID in data)) return submission([[RECORD, data]]);
  const values = (name, value) => (name !== RECORD && Array.isArray(value) ? value : [value]);
  return submission(Object.entries(data).flatMap(([name, value]) => values(name, value).map((one) => [name, one])));
}

// The entries of a form, in the encoding that it names; else in UTF-8, and what is none is of an old page that says nothing.
function urlencoded(bytes) {
  const raw = (text) => text.replaceAll("+", " ").replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  const pairs = Buffer.from(bytes).toString("latin1").split("&").filter(Boolean).map((entry) => /^([^=]*)=?([^]*)$/.exec(entry).slice(1).map(raw));
  const named = pairs.find(([name]) => name === CHARSET)?.[1];
  return pairs.map((pair) => pair.map((text) => decoded(Buffer.from(text, "latin1"), named)));
}

function decoded(bytes, named) {
  for (const [encoding, fatal] of [[named, false], ["utf-8", true]]) {
    try {
      if (encoding) return new TextDecoder(encoding, { fatal }).decode(bytes);
    } catch {
      // No encoding of that name, or no text in it.
    }
  }
  return new TextDecoder("windows-1252").decode(bytes);
}

// What a form with `enctype="multipart/form-data"` has, but for its files.
async function parts(headers, bytes) {
  let entries;
  try {
    const form = await new Response(bytes, { headers: { "content-type": headers["content-type"] } }).formData();
    entries = [...form].filter(([, value]) => typeof value === "string");
  } catch {
    throw new Unreadable(400, "the body is not a whole form");
  }
  if (Buffer.byteLength(entries.flat().join()) > LONGEST) throw new Unreadable(413, `a form has at most ${LONGEST} bytes besides its files`);
  return entries;
}

// Whether it is a CloudEvent, whatever its content type: pages of another origin send one as plain text.
function isEvent(sent) {
  return ["specversion", "type", "source", "id"].every((name) => name in sent) && !(RECORD in sent);
}

function parsed(body) {
  let sent;
  try {
    sent = JSON.parse(body);
  } catch {
    throw new Unreadable(400, "the body is not valid JSON");
  }
  return object(sent);
}

function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unreadable(400, "expected a JSON object");
  return value;
}

function submission(entries) {
  if (entries.length === 0) throw new Unreadable(400, "nothing was sent");
  const last = (name) => entries.findLast(([entry]) => entry === name)?.[1];
  return { answers: entries.filter(([name]) => !OURS.has(name)), record: last(RECORD) || undefined, id: last(ID) };
}

// Returns what verifies a submission by the pact, keeps it and returns its id. Who has none, such as a form without the
// module, gets one.
export function receiver(verify, pact, leads) {
  verify(undefined, pact); // a pact that is not valid is known when the server starts
  return ({ answers, record, id }) => {
    const now = Date.now();
    const readable = objectOf(record);
    const known = [id, readable?.id].find(isId) ?? randomBytes(16).toString("hex");
    const before = leads.before(known);
    const first = before?.received_at ?? now;
    // The form sent again without the module: its answers are newer, and the record that is kept is still the best there is.
    const kept = readable ? undefined : objectOf(before && JSON.parse(before.record));
    const verified = verify(kept ?? record, pact, now, { answers, firstReceivedAt: first });
    if (kept) verified.differences.unshift({ what: "record", note: "came without one that can be read: the one that is stored counts" });
    const attempt = verified.attempt ?? 1;
    leads.keep({ id: known, attempt, numbered: readable ? 1 : 0, first, now, answers, record: record ?? null, verified });
    return known;
  };
}

const isId = (id) => typeof id === "string" && /^[0-9a-f]{32}$/.test(id);

// The object that a record is, or that its JSON text holds.
function objectOf(record) {
  try {
    const read = typeof record === "string" ? JSON.parse(record) : record;
    return typeof read === "object" && read !== null && !Array.isArray(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

// Where leads are kept: a row an id, the highest attempt of it. What comes without a record has no attempt: its answers are
// the newest, if it has any, and what is kept of the record stays. Every lead is on the disk before it is answered for.
export function open(database) {
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(`CREATE TABLE IF NOT EXISTS leads (
    id TEXT PRIMARY KEY,
    attempt INTEGER NOT NULL,
    received_at INTEGER NOT NULL, -- first received, milliseconds since 1970
    updated_at INTEGER NOT NULL,
    answers TEXT NOT NULL,        -- JSON: what the form itself sent
    record TEXT NOT NULL,         -- JSON: as it was sent
    verified TEXT NOT NULL        -- JSON: what the server found, and what differs
  ) STRICT`);
  const before = database.prepare("SELECT received_at, record FROM leads WHERE id = ?");
  const keep = database.prepare(`INSERT INTO leads VALUES (@id, @attempt, @first, @now, @answers, @record, @verified)
    ON CONFLICT (id) DO UPDATE SET attempt = max(excluded.attempt, leads.attempt), updated_at = excluded.updated_at,
      answers = excluded.answers, record = iif(@numbered OR leads.record = 'null', excluded.record, leads.record),
      verified = excluded.verified
    WHERE iif(@numbered, excluded.attempt >= leads.attempt, excluded.answers <> '[]')`);
  const json = (lead, ...keys) => Object.fromEntries(keys.map((key) => [key, JSON.stringify(lead[key])]));
  return {
    before: (id) => before.get(id),
    keep: (lead) => keep.run({ ...lead, ...json(lead, "answers", "record", "verified") }),
    all: () => database.prepare("SELECT * FROM leads ORDER BY received_at").all(),
    close: () => database.close(),
  };
}

// Whether who sent a lead is a program, which gets the id as JSON. A browser without the module is shown a page.
export function wantsJson(accept = "") {
  return accept.includes("application/json") && !accept.includes("text/html");
}

const FRENCH = {
  lang: "fr",
  thanks: ["Merci", "Votre demande est bien arrivée."],
  failed: ["Votre demande n’est pas arrivée", "Revenez à la page précédente : vos réponses y sont encore. Puis envoyez-les de nouveau."],
};
const ENGLISH = {
  lang: "en",
  thanks: ["Thank you", "Your request has arrived."],
  failed: ["Your request did not arrive", "Go back to the page before: your answers are still there. Then send them again."],
};

// A page for who has no script, in French or English: `thanks`, or `failed` and why. Nothing that was sent stands in it.
export function page(languages, which, why = "") {
  const words = /^\s*fr\b/i.test(languages) ? FRENCH : ENGLISH;
  const [title, text] = words[which];
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
  return `<!doctype html><html lang="${words.lang}">${head}<main><h1>${title}</h1><p>${text}</p>${why && `<p lang="en">${why}</p>`}</main></html>`;
}
