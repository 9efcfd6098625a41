// Words that nobody else would type, and every guise in which a module might hide them.
import { createHash } from "node:crypto";

export const canaries = { email: "canary-mail@kiwi.example", company: "canary-company", story: "canary story, été", own: "canary-own", secret: "canary-secret" };

export function guises(value) {
  const hash = (name) => createHash(name).update(value).digest("hex");
  const bytes = Buffer.from(value);
  const plain = [value, encodeURIComponent(value), bytes.toString("hex"), [...value].reverse().join(""), JSON.stringify(value).slice(1, -1), ...base64(bytes)];
  return [...plain, ...plain.map((one) => one.toLowerCase()), hash("md5"), hash("sha1"), hash("sha256")];
}

// Three bytes are four letters: the same bytes read in three ways, by what stands before them. Letters at the ends that
// hold some of the neighbours' bits are left out.
function base64(bytes) {
  return ["base64", "base64url"].flatMap((alphabet) =>
    [0, 1, 2].map((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]);
      return whole.toString(alphabet).slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
    }),
  );
}

// The canaries that stand in a text.
export const shows = (text, among = canaries) => Object.values(among).filter((value) => guises(value).some((guise) => text.includes(guise)));
