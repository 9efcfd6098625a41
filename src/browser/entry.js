// The shape of the entry that is kept between visits. Whatever is wrong there is dropped whole; what a newer version wrote
// is left alone.
const VERSION = 1;
const LONGEST = 16 * 1024; // bytes of an entry

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTime = (value) => Number.isFinite(value) && value >= 0;
const isChance = (value) => value === undefined || (isTime(value) && value <= 1);
export const isText = (value) => typeof value === "string";
const isSignal = (value) => isText(value) || (isRecord(value) && isTime(value.value) && isTime(value.last));
const isAnswer = (value) =>
  isText(value) || typeof value === "boolean" || Number.isFinite(value) || value?.declined === true ||
  (Array.isArray(value) && value.every(isText));
const fits = (text) => new TextEncoder().encode(text).length <= LONGEST;

// The entry as it was written, or nothing where it is not whole.
export function readEntry(text) {
  let entry;
  try {
    entry = text.length <= LONGEST && fits(text) && JSON.parse(text);
  } catch {
    return undefined;
  }
  const whole = isRecord(entry) && entry.v === VERSION && isTime(entry.since) && isTime(entry.active) && isText(entry.salt) &&
    (entry.person === undefined || isText(entry.person)) && isChance(entry.drawn) &&
    isRecord(entry.signals) && Object.values(entry.signals).every(isSignal) &&
    isRecord(entry.answers) && Object.values(entry.answers).every(isAnswer);
  return whole ? entry : undefined;
}

// The text of an entry. Where that is too long, the longest answers are asked again another day; nothing where counts
// alone are too long.
export function writeEntry({ answers, ...rest }) {
  const kept = Object.entries(answers).sort(([, a], [, b]) => JSON.stringify(a).length - JSON.stringify(b).length);
  for (;;) {
    const text = JSON.stringify({ v: VERSION, ...rest, answers: Object.fromEntries(kept) });
    if (fits(text)) return text;
    if (!kept.pop()) return undefined;
  }
}

export const isNewer = (text) => /^\{"v":(\d+)/.exec(text)?.[1] > VERSION;
