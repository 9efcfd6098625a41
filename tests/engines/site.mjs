// A small real server for the pages of one test. It notes every request whole, reports of the page's own policy among them.
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folders = { "/leadpact/": process.env.LEADPACT_PKG ?? join(root, "pkg"), "/cmp/": join(root, "node_modules") };
const kinds = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css" };

// A page may load and send nothing that is not its own site's, and the browser tells us where it tries.
export const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; img-src 'self' data:; form-action 'self'; frame-src 'self'; report-uri /violated";

// `pages`: path → text, or an object, which is sent as JSON. Every server has a port and therefore an origin, and so a
// storage, of its own. Of the file `flip`, one bit in the middle is another.
export async function serve(pages, { headers = { "content-security-policy": POLICY }, flip } = {}) {
  const requests = [];
  const server = createServer(async (request, answer) => {
    const { method, url } = request;
    const noted = { method, url, headers: request.headers, body: "" };
    requests.push(noted);
    for await (const chunk of request) noted.body += chunk;
    const path = url.replace(/[?#].*/, "");
    // A rebuilt module must not look stale; a page that may not be stored does not come back from the browser's cache.
    const give = (status, kind, text) => answer.writeHead(status, { "content-type": kind, "cache-control": "no-cache", ...headers }).end(text);
    if (method === "POST") return give(200, kinds[".html"], `<!doctype html><html lang="en"><title>Thanks</title><link rel="icon" href="data:,"><h1>Thanks</h1></html>`);
    if (path in pages) {
      const text = typeof pages[path] === "string";
      return give(200, kinds[extname(path)] ?? kinds[".html"], text ? pages[path] : JSON.stringify(pages[path]));
    }
    const folder = Object.keys(folders).find((folder) => path.startsWith(folder));
    const file = folder && join(folders[folder], path.slice(folder.length));
    if (!file || !existsSync(file)) return give(404, "text/plain", "");
    answer.writeHead(200, { "content-type": kinds[extname(file)] ?? "application/octet-stream", "cache-control": "no-cache" });
    if (path !== flip) return createReadStream(file).pipe(answer);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    answer.end(bytes);
  });
  await new Promise((then) => server.listen(0, "localhost", then));
  const posts = () => requests.filter(({ method, url }) => method === "POST" && url !== "/violated");
  return {
    address: `http://localhost:${server.address().port}`,
    requests,
    posts,
    violations: () => requests.filter(({ url }) => url === "/violated"),
    // What the forms sent, and the records in it.
    leads: () => posts().map(({ body }) => Object.fromEntries(new URLSearchParams(body))),
    records: () => posts().map(({ body }) => JSON.parse(new URLSearchParams(body).get("leadpact"))),
    close: () => new Promise((then) => (server.close(then), server.closeAllConnections())),
  };
}
