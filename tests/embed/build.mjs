// Builds every fixture into target/embed/, each with its own tool: `node build.mjs [fixture…]`.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = (name) => at(`../../target/embed/${name}`);
const fixture = (name) => at(`fixtures/${name}`);
const packaged = (name) => createRequire(import.meta.url).resolve(name);

// The bundlers share one page and one script.
const entry = fixture("bundlers/bundle.js");
const withPage = (name) => cpSync(fixture("bundlers/index.html"), `${out(name)}/index.html`);

// These two leave `new URL("leadpact_bg.wasm", import.meta.url)` as it is: the file goes next to the bundle.
const besideBundle = (name) => cpSync(packaged("leadpact/leadpact_bg.wasm"), `${out(name)}/leadpact_bg.wasm`);

const builds = {
  plain: () => cpSync(fixture("plain"), out("plain"), { recursive: true }),

  own: () => cpSync(fixture("own"), out("own"), { recursive: true }),

  // What an optimiser makes of a page: all its scripts in one, under an address of its own.
  classic() {
    cpSync(fixture("classic"), out("classic"), { recursive: true });
    const all = [packaged("leadpact/leadpact.classic.js"), `${fixture("classic")}/queue.js`].map((file) => readFileSync(file, "utf8"));
    writeFileSync(`${out("classic")}/all.js`, all.join(";\n"));
  },

  async esbuild() {
    const { build } = await import("esbuild");
    withPage("esbuild");
    await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outdir: out("esbuild"), logLevel: "warning" });
    besideBundle("esbuild");
  },

  async rollup() {
    const { rollup } = await import("rollup");
    const { default: resolve } = await import("@rollup/plugin-node-resolve");
    withPage("rollup");
    const bundle = await rollup({ input: entry, plugins: [resolve()] });
    await bundle.write({ dir: out("rollup"), format: "es" });
    await bundle.close();
    besideBundle("rollup");
  },

  async webpack() {
    const { default: webpack } = await import("webpack");
    withPage("webpack");
    const compiler = webpack({ mode: "production", context: at("."), entry: entry, output: { path: out("webpack"), filename: "bundle.js" } });
    await new Promise((done, failed) =>
      compiler.run((error, stats) => {
        if (error || stats.hasErrors()) failed(error ?? new Error(stats.toString()));
        else compiler.close(done);
      }),
    );
  },

  vite: () => withVite("vite", "bundlers"),

  // React's StrictMode mounts everything twice in its development build only.
  react: () => withVite("react", "react"),
  "react-dev": () => withVite("react-dev", "react", { mode: "development" }),

  async vue() {
    const { default: vue } = await import("@vitejs/plugin-vue");
    await withVite("vue", "vue", { plugins: [vue()] });
  },

  async svelte() {
    const { svelte } = await import("@sveltejs/vite-plugin-svelte");
    await withVite("svelte", "svelte", { plugins: [svelte({ configFile: false })] });
  },

  htmx: () => withScript("htmx", "htmx", "htmx.org/dist/htmx.min.js"),
  htmx2: () => withScript("htmx2", "htmx", "htmx2/dist/htmx.min.js"),
  turbo: () => withScript("turbo", "turbo", "@hotwired/turbo/dist/turbo.es2017-umd.js"),

  async astro() {
    Object.assign(process.env, { NODE_ENV: "production", ASTRO_TELEMETRY_DISABLED: "1" });
    const { build } = await import("astro");
    const { default: react } = await import("@astrojs/react");
    const csp = { scriptDirective: { resources: ["'self'", "'wasm-unsafe-eval'"] } };
    const cacheDir = at("../../target/embed-astro");
    await build({ root: fixture("astro"), outDir: out("astro"), cacheDir, base: "/astro", integrations: [react()], experimental: { csp }, devToolbar: { enabled: false }, logLevel: "warn" });
  },
};

// Pages without a build: the library's own script beside them.
function withScript(name, folder, script) {
  cpSync(fixture(folder), out(name), { recursive: true });
  cpSync(at(`node_modules/${script}`), `${out(name)}/${folder}.js`);
}

async function withVite(name, folder, { plugins, mode = "production" } = {}) {
  const { build } = await import("vite");
  process.env.NODE_ENV = mode;
  await build({ configFile: false, root: fixture(folder), base: `/${name}/`, mode, plugins, logLevel: "warn", build: { outDir: out(name), emptyOutDir: true } });
}

process.chdir(at(".")); // Astro draws its pages from a folder below the working directory, where it finds its packages
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(builds)) {
  const start = performance.now();
  rmSync(out(name), { recursive: true, force: true });
  await builds[name]();
  console.log(`${name}: ${Math.round(performance.now() - start)} ms`);
}
