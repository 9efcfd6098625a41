// Forms in places of their own: frames, shadow roots, dialogs, and where nobody sees them yet.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { delivered, fill, open, ready, visit } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const html = readFileSync(new URL("fixtures/plain/index.html", import.meta.url), "utf8");
const [form] = html.match(/<form[^]*<\/form>/);
const output = "<p>Score: <output>0</output></p>";
const scripts = html.slice(html.indexOf("<script"), html.lastIndexOf("</html>")).replace('"page.js"', '"/plain/page.js"');
const page = (body) => `<!doctype html><html lang="en"><title>Places</title><link rel="icon" href="data:,">${body}`;

async function opened(body, options) {
  site.pages.set("/place.html", page(body));
  return visit(site, "/place.html", options);
}
async function sent(page, where, email, wrong) {
  const shown = await fill(where, email);
  await where.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/thanks");
  return delivered(site, email, shown, wrong);
}

test("EMB-06: in an iframe the form is scored, asked one more question, and delivered once", async () => {
  const { page, context, wrong } = await opened(`<iframe src="/plain/" width="600" height="600"></iframe>`);
  const frame = page.frameLocator("iframe");
  const shown = await fill(frame, "visitor@iframe.example");
  await frame.getByRole("button", { name: "Send" }).click();
  await frame.getByRole("heading", { name: "Thanks" }).waitFor();
  delivered(site, "visitor@iframe.example", shown, wrong);
  await context.close();
});

const sandboxed = (source) => `<iframe sandbox="allow-scripts allow-forms" src="${source}" width="600" height="600"></iframe>`;

test("EMB-06: in a sandboxed iframe whose site does not let the module in, the form stays plain and is delivered", async () => {
  const { page, context, wrong } = await opened(sandboxed("/plain/"));
  const frame = page.frameLocator("iframe");
  await frame.locator("[name=email]").fill("plain@sandbox.example");
  await frame.locator("[name=team]").selectOption("11+");
  await frame.getByRole("button", { name: "Send" }).click();
  await frame.getByRole("heading", { name: "Thanks" }).waitFor();
  assert.deepEqual(site.leads("plain@sandbox.example"), [{ email: "plain@sandbox.example", team: "11+" }]);
  assert.ok(wrong.every((line) => /CORS|ERR_FAILED/.test(line)), wrong.join("\n"));
  await context.close();
});

test("EMB-06: in a sandboxed iframe that may load the module, a form with its pact in the page is scored without storage", async () => {
  const pact = readFileSync(new URL("pact.json", import.meta.url), "utf8");
  site.pages.set("/cors/own.js", `import { attach, consent } from "/cors/leadpact/leadpact.js";
document.addEventListener("leadpact:assessed", ({ detail }) => (document.querySelector("output").textContent = detail.score));
consent({ behaviour: false, by: "test" });
attach("form", { pact: ${pact} });`);
  site.pages.set("/sandbox.html", page(`${form.replace(' data-leadpact="/pact.json"', "")}${output}<script type="module" src="/cors/own.js"></script>`));
  const { page: top, context, wrong } = await opened(sandboxed("/sandbox.html"));
  const frame = top.frameLocator("iframe");
  const shown = await fill(frame, "scored@sandbox.example");
  await frame.getByRole("button", { name: "Send" }).click();
  await frame.getByRole("heading", { name: "Thanks" }).waitFor();
  delivered(site, "scored@sandbox.example", shown, wrong);
  await context.close();
});

test("EMB-06: in a shadow root the form is scored, asked one more question, and delivered once", async () => {
  site.pages.set("/shadow.js", readFileSync(new URL("fixtures/shadow/page.js", import.meta.url), "utf8"));
  const { page, context, wrong } = await opened(`<template>${form}${output}</template><lead-form></lead-form><script type="module" src="/shadow.js"></script>`);
  await sent(page, page, "visitor@shadow.example", wrong);
  await context.close();
});

test("EMB-06: in a dialog the form is bound while closed, scored, and delivered once", async () => {
  const { page, context, wrong } = await opened(`<dialog>${form}${output}</dialog>${scripts}`);
  await ready(page);
  await page.evaluate(() => document.querySelector("dialog").showModal());
  await sent(page, page, "visitor@dialog.example", wrong);
  await context.close();
});

test("EMB-06: under a parent that is not displayed the form is bound, and works once it is", async () => {
  const { page, context, wrong } = await opened(`<div hidden>${form}${output}</div>${scripts}`);
  await ready(page);
  await page.evaluate(() => (document.querySelector("div").hidden = false));
  await sent(page, page, "visitor@hidden.example", wrong);
  await context.close();
});

// A headless browser shows all its tabs: what a page is told of a hidden one is said here.
function hidden() {
  let state = "hidden";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  Object.defineProperty(document, "hidden", { get: () => state === "hidden" });
  window.turn = (to) => {
    state = to;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}

test("EMB-06: in a hidden tab the form is bound, and works once the tab is shown", async () => {
  const { page, context, wrong } = await opened(`${form}${output}${scripts}`, { before: hidden });
  await ready(page);
  await page.evaluate(() => window.turn("visible"));
  await sent(page, page, "visitor@tab.example", wrong);
  await context.close();
});
