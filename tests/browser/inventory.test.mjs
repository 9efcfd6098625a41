// What a page keeps and sends, against what `leadpact inventory` lists for its pact.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { bound, open, program, visit } from "./site.mjs";

const folder = mkdtempSync(join(tmpdir(), "leadpact-"));
let site;
before(async () => (site = await open()));
after(async () => (rmSync(folder, { recursive: true }), await site.close()));

const kinds = ["text", "paragraph", "email", "phone", "url", "number", "choice", "choices", "yes_no"];
const measures = ["page_views", "visits", "engaged_seconds", "scroll_percent", "events", "days_known", "query", "referrer"];
const field = fc.record({ kind: fc.constantFrom(...kinds), ask: fc.constantFrom("always", "when_useful"), remember: fc.option(fc.boolean(), { nil: undefined }) });
const signal = fc.record({ measure: fc.constantFrom(...measures) });
const shape = fc.record({
  fields: fc.array(field, { minLength: 1, maxLength: 8 }),
  signals: fc.array(signal, { maxLength: 6 }),
  asking: fc.record({ mode: fc.constantFrom("value", "certain", "queue"), holdout: fc.constantFrom(0, 0.3) }),
});

function pactOf({ fields, signals, asking }, at) {
  const options = [{ value: "a" }, { value: "b" }];
  // One field is there in any case, so that something is kept and sent.
  const made = [{ kind: "url", ask: "always" }, ...fields].map(({ kind, ...rest }, nth) => ({ id: `f${nth}`, label: `Field ${nth}`, kind, ...rest, ...(kind.startsWith("choice") ? { options } : {}) }));
  return {
    pact: 1,
    id: `inventory-${at}`,
    fields: made,
    signals: signals.map(({ measure }, nth) => ({ id: `s${nth}`, measure, ...(["events", "query"].includes(measure) ? { name: "named" } : {}) })),
    groups: [{ id: "fit", dimension: "fit" }],
    criteria: made.map(({ id }) => ({ id: `known_${id}`, label: id, group: "fit", points: 20, when: { fact: id, known: true } })),
    qualification: { threshold: 50, needs: made.map(({ id }) => id) },
    asking,
    handoff: { routes: [{ to: "sales" }], sla: [{ respond_within_hours: 24, channels: ["email"] }] },
  };
}
const inputs = { yes_no: (id) => `<select name="${id}"><option value=""></option><option value="yes">Yes</option></select>`, paragraph: (id) => `<textarea name="${id}"></textarea>` };
inputs.choice = inputs.choices = (id) => `<select name="${id}"><option value=""></option><option>a</option></select>`;
const control = ({ id, kind }) => `<label>${id} ${(inputs[kind] ?? ((id) => `<input name="${id}">`))(id)}</label>`;
const formOf = ({ fields }) => `<!doctype html><html lang="en"><title>Test</title>
<form data-leadpact="/test.json" action="/leads" method="post">${fields.filter(({ ask }) => ask === "always").map(control).join("")}<p><button>Send</button></p></form>
<script type="module" src="/leadpact/leadpact.js"></script>`;
const answers = { email: "ada@works.example", url: "https://works.example", phone: "+33 1 23 45 67 89", number: "12" };

// Answers whatever is asked, questions that come included.
async function fill(page, { fields }) {
  for (const { id, kind } of [...fields, ...fields]) {
    const there = page.locator(`[name=${id}]`).first();
    if (!(await there.count())) continue;
    const [tag, type] = await there.evaluate(({ tagName, type }) => [tagName, type]);
    if (tag === "SELECT") await there.selectOption({ index: 1 });
    else if (["radio", "checkbox"].includes(type)) await there.check();
    else await there.fill(answers[kind] ?? "some words");
    await there.press("Tab");
  }
}

const pacts = fc.sample(shape, { numRuns: 20, seed: 1 }).map(pactOf);
for (const pact of pacts) {
  test(`PRIV-10: nothing is kept or sent that the inventory of ${pact.id} does not list`, async (context) => {
    const file = join(folder, `${pact.id}.json`);
    writeFileSync(file, JSON.stringify(pact));
    context.diagnostic(JSON.stringify(pact));
    const listed = JSON.parse(execFileSync(program, ["inventory", file, "--format", "json"], { encoding: "utf8" }));
    const ids = (wanted) => listed.data.filter(wanted).map(({ id }) => id);
    const { page, go } = await visit(site, { html: formOf(pact), pact, path: "/test.html?named=spring" });
    await go();
    await bound(page);
    await page.evaluate(() => (window.LeadPact.consent({ behaviour: true, by: "test" }), window.LeadPact.event("named")));
    await fill(page, pact);
    await page.waitForFunction((key) => localStorage.getItem(key), listed.key);
    await page.waitForTimeout(1300);
    const stored = await page.evaluate(() => ({ ...localStorage }));
    assert.deepEqual(Object.keys(stored), [listed.key]);
    const { signals, answers, ...rest } = JSON.parse(stored[listed.key]);
    const kept = [...Object.keys(signals), ...Object.keys(answers), ...Object.keys(rest)];
    assert.deepEqual(kept.filter((id) => !ids(({ kept }) => kept).includes(id)), []);
    const { facts, ...more } = await page.evaluate(() => JSON.parse(new FormData(document.querySelector("form")).get("leadpact")));
    const sent = [...Object.keys(facts), ...Object.keys(more)];
    assert.deepEqual(sent.filter((id) => !ids(({ sent }) => sent).includes(id)), []);
    assert.ok(Object.keys(facts).length > 0);
  });
}
