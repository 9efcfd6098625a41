// The ways to load the module: as it is, and through each bundler.
import { after, before, test } from "node:test";
import { drive, open } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

for (const name of ["plain", "vite", "webpack", "esbuild", "rollup"]) {
  test(`EMB-01: a form served by ${name} is scored, asked one more question, and delivered once`, async () => {
    await drive(site, `/${name}/`, `visitor@${name}.example`);
  });
}
