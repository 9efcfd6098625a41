// The pact's content hash: SHA-256 of its canonical JSON (RFC 8785). Numbers and texts are written as that format asks
// by JSON.stringify itself, and keys are sorted as it asks by the plain sort.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`;
};

export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Without a secure connection browsers have no SHA-256: then there is no hash.
export async function hashOf(pact) {
  if (!globalThis.crypto?.subtle) return undefined;
  const read = JSON.parse(JSON.stringify(pact)); // as the engine reads it
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(read))));
}
