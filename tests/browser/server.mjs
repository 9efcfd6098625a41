// The real server with an empty store.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const program = process.env.LEADPACT_BIN ?? at("target/debug/leadpact");
const www = process.env.LEADPACT_WWW ?? at("www");
export const module = process.env.LEADPACT_PKG ?? at("pkg");

export async function serve({ pacts = join(www, "pacts") } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
  const serve = ["serve", "--pact", pacts, "--www", www, "--module", module, "--db", join(folder, "leads.sqlite"), "--port", "0"];
  const server = spawn(program, serve, { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((found, failed) => {
    let said = "";
    server.on("error", failed);
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}`)));
    server.stdout.on("data", (chunk) => {
      const match = (said += chunk).match(/http:\/\/\S+/);
      if (match) found(match[0].replace(/\/$/, ""));
    });
  });
  return {
    address,
    leads: async () => (await fetch(`${address}/leads.json`)).json(),
    close() {
      server.removeAllListeners("exit");
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
