// What every page has to know of a lead that waits on the device: how its key begins, and for how long it counts.
export const OUTBOX = "leadpact:outbox:"; // an entry a lead, so that no tab writes over another's; no pact is called so
export const LASTS = 24 * 3_600_000; // milliseconds
const LONGEST_LEASE = 60_000; // milliseconds

// The entry as it counts now; nothing where its time is over. By a clock that was put back, no time is longer than it was.
export function current(entry, now = Date.now()) {
  if (!(entry?.expires > now)) return undefined;
  const { expires, lease = 0 } = entry;
  if (expires <= now + LASTS && lease <= now + LONGEST_LEASE) return entry;
  return { ...entry, expires: Math.min(expires, now + LASTS), not_before: now, lease: 0 };
}
