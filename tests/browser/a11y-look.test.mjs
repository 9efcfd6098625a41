// A11Y-12 and A11Y-13: sizes, contrast, focus that stays in sight; small screens, zoom, text spacing, forced colours, right to left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gallery, opened, overflowing, small } from "./a11y.mjs";
import { open } from "./site.mjs";

let site;
before(async () => (site = await open()));
after(() => site.close());

const LOOKS = ["/gallery/", "/gallery/bare/", "/en/gallery/own/"];
const narrow = { width: 320, height: 480 };

const field = (id, kind, more) => ({ id, kind, label: `Your ${id}`, help: `Help for ${id}`, decline: true, ...more });
const many = {
  pact: 1, id: "many",
  fields: [
    { id: "email", label: "E-mail", kind: "email", ask: "always" },
    field("one", "choice", { options: ["a", "b", "c"].map((value) => ({ value })), required: true }), field("two", "text"), field("three", "paragraph"),
    field("four", "number", { unit: "people" }), field("five", "yes_no", { required: true }), field("six", "url"),
  ],
  groups: [{ id: "fit", dimension: "fit" }], criteria: [],
  qualification: { threshold: 0, needs: ["one", "two", "three", "four", "five", "six"] },
  asking: { mode: "queue", per_step: 9 },
};
const STUCK = `<style>header{position:sticky;top:0;block-size:120px;background:#ddd}</style>`;
const stuck = (lang) => `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width"><title>Test</title>${STUCK}<body><header>Always there</header><main><h1>Test</h1>
<form data-leadpact="/test.json" action="/leads" method="post"><label>E-mail <input name="email" type="email" autocomplete="email"></label><p><button>Send</button></p></form>
<p style="block-size:90vh">More</p></main><script type="module" src="/leadpact/leadpact.js"></script>`;

// Whether the header covers any of what has the focus.
const covered = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    const { top, bottom } = activeElement.getBoundingClientRect();
    const bar = document.querySelector("header").getBoundingClientRect().bottom;
    return top < bar - 0.5 || bottom > innerHeight + 0.5 ? `${activeElement.name || activeElement.className || activeElement.textContent}: ${top} to ${bottom}, the header ends at ${bar}` : undefined;
  });

for (const key of ["Tab", "Shift+Tab"]) {
  test(`A11Y-12 a 120 px sticky header covers nothing that has the focus (${key})`, async () => {
    const { page } = await small(site, "en", { given: many, document: stuck, viewport: narrow });
    await page.focus("[name=email]");
    await page.keyboard.type("ada@b.example");
    await page.keyboard.press("Tab");
    await page.waitForSelector("[name=six]");
    if (key === "Shift+Tab") await page.focus("button");
    const hidden = [];
    let steps = 0;
    for (; steps < 12 && (await page.evaluate(() => Boolean(document.activeElement.closest(".leadpact-questions")) || document.activeElement.localName === "button")); steps += 1) {
      const found = await covered(page);
      if (found && !(await page.evaluate(() => document.activeElement.localName === "button"))) hidden.push(found);
      await page.keyboard.press(key);
    }
    assert.ok(steps > 6, `${steps} steps`);
    assert.deepEqual(hidden, []);
  });
}

test("A11Y-12 a 120 px sticky header covers neither the summary of errors nor where its links lead", async () => {
  const { page } = await small(site, "en", { given: many, document: stuck, viewport: narrow });
  await page.fill("[name=email]", "ada@b.example");
  await page.press("[name=email]", "Tab");
  await page.waitForSelector("[name=six]");
  await page.focus("button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".leadpact-error");
  assert.equal(await page.evaluate(() => document.activeElement.role), "alert");
  assert.equal(await covered(page), undefined);
  for (let link = 0; link < 2; link += 1) {
    await page.locator(".leadpact-errors a").nth(link).focus();
    assert.equal(await covered(page), undefined);
    await page.keyboard.press("Enter");
    assert.equal(await covered(page), undefined);
  }
});

for (const [path, key] of [["/", "Tab"], ["/en/", "Shift+Tab"]]) {
  test(`A11Y-12 the demo's consent bar covers nothing that has the focus on a phone (${path}, ${key})`, async () => {
    const { page } = await opened(site, path, { width: 375, height: 667 });
    await page.waitForSelector(".consent");
    const share = await page.evaluate(() => document.querySelector(".consent").offsetHeight / innerHeight);
    assert.ok(share < 0.25, `the bar takes ${share} of the screen`);
    if (key === "Shift+Tab") await page.locator("footer a").last().focus();
    const hidden = [];
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press(key);
      const found = await page.evaluate(() => {
        const { activeElement } = document;
        if (activeElement === document.body || activeElement.closest(".consent")) return undefined;
        const { top, bottom } = activeElement.getBoundingClientRect();
        return top < 0 || bottom > document.querySelector(".consent").getBoundingClientRect().top ? activeElement.outerHTML.slice(0, 120) : undefined;
      });
      if (found) hidden.push(found);
    }
    assert.deepEqual(hidden, []);
  });
}

for (const path of LOOKS) {
  for (const colorScheme of ["light", "dark"]) {
    test(`A11Y-12 targets, borders and focus of ${path} (${colorScheme})`, async () => {
      const { page } = await gallery(site, path, { width: 375, colorScheme });
      const wrong = await page.evaluate(() => {
        const wrong = [];
        const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        const over = (...colours) => {
          for (const colour of ["white", ...colours]) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
          }
          return canvas.getImageData(0, 0, 1, 1).data;
        };
        const light = (data) => [...data].slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
        const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        const ground = (element) => (element ? [...ground(element.parentElement), getComputedStyle(element).backgroundColor] : [canvasColour]);
        // A page without a background is painted in the colour scheme's own, which this resolves.
        const under = document.body.appendChild(document.createElement("div"));
        under.style.backgroundColor = "Canvas";
        const canvasColour = getComputedStyle(under).backgroundColor;
        for (const target of document.querySelectorAll(".leadpact-option, .leadpact-question :is(select, textarea, input:not([type=radio], [type=checkbox]))")) {
          if (!target.checkVisibility()) continue;
          const { width, height } = target.getBoundingClientRect();
          if (height < 44 || width < 44) wrong.push(`${width} × ${height}: ${target.outerHTML.slice(0, 120)}`);
          const { borderTopColor, borderTopWidth } = getComputedStyle(target);
          const around = ground(target.parentElement);
          const seen = contrast(light(over(...around, borderTopColor)), light(over(...around)));
          if (!target.closest("div.leadpact-question")?.querySelector(":scope > .leadpact-option")?.isSameNode(target) && (parseFloat(borderTopWidth) < 1 || seen < 3)) wrong.push(`a border of ${seen}: ${target.outerHTML.slice(0, 120)}`);
        }
        // axe looks at no placeholder.
        for (const input of document.querySelectorAll(".leadpact-question [placeholder]")) {
          const around = ground(input);
          const seen = contrast(light(over(...around, getComputedStyle(input, "::placeholder").color)), light(over(...around)));
          if (seen < 4.5) wrong.push(`a placeholder of ${seen}: ${input.outerHTML.slice(0, 120)}`);
        }
        return wrong;
      });
      assert.deepEqual(wrong, []);
      await page.focus("#kinds [name=organisation]");
      for (let step = 0; step < 9; step += 1) {
        await page.keyboard.press("Tab");
        const [style, width] = await page.evaluate(() => [getComputedStyle(document.activeElement).outlineStyle, parseFloat(getComputedStyle(document.activeElement).outlineWidth)]);
        assert.ok(style !== "none" && width >= 1, `what has the focus shows it: ${style} ${width}`);
      }
    });
  }
}

// A page's policy forbids inline styles; a sheet made by a script is none.
const restyle = (page, css) =>
  page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  }, css);
const SPACED = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}";

// Text that its own box cuts off.
const cut = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".leadpact-questions *")]
      .filter((element) => element.checkVisibility() && !element.closest(".leadpact-status") && !["input", "select", "textarea", "option"].includes(element.localName))
      .filter((element) => getComputedStyle(element).display !== "inline" && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1))
      .map((element) => element.outerHTML.slice(0, 160)),
  );

for (const path of [...LOOKS, "/", "/en/machines/"]) {
  for (const width of [320, 640, 1280]) {
    test(`A11Y-13 text spacing at ${width} px (${path})`, async () => {
      const { page } = await (path.includes("gallery") ? gallery : opened)(site, path, { width });
      if (path.includes("gallery")) await page.click("#errors > button");
      await restyle(page, SPACED);
      assert.deepEqual(await overflowing(page), []);
      assert.deepEqual(await cut(page), []);
    });
  }
}

for (const path of [...LOOKS, "/"]) {
  test(`A11Y-13 400 % zoom of 1280 × 1024 is 320 × 256 (${path})`, async () => {
    const { page } = await (path.includes("gallery") ? gallery : opened)(site, path, { width: 320, height: 256 });
    if (path === "/") {
      await page.waitForSelector(".consent");
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".consent")).position), "static", "no bar covers what little there is");
    } else {
      await page.click("#errors > button");
      await page.waitForSelector("#errors .leadpact-error");
      const { top, bottom } = await page.evaluate(() => document.activeElement.getBoundingClientRect().toJSON());
      assert.ok(bottom > 0 && top < 256, "the summary is in sight");
    }
    assert.deepEqual(await overflowing(page), []);
  });

  test(`A11Y-13 forced colours (${path})`, async () => {
    // Not with axe: it reads the colours that the page gave, not those that are forced. The texts are the system's.
    const { page } = await (path.includes("gallery") ? gallery : opened)(site, path, { forcedColors: "active" });
    assert.equal(await page.evaluate(() => matchMedia("(forced-colors: active)").matches), true);
    const faint = await page.evaluate(() =>
      [...document.querySelectorAll(".leadpact-option, .leadpact-question :is(select, textarea, input:not([type=radio], [type=checkbox]))")]
        .filter((element) => element.checkVisibility() && !element.matches("div > .leadpact-option"))
        .filter((element) => getComputedStyle(element).borderTopStyle === "none" || getComputedStyle(element).borderTopColor === getComputedStyle(element.parentElement).backgroundColor)
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(faint, []);
    if (path.includes("gallery")) assert.ok(await page.locator("#answered :checked").isVisible());
  });

  test(`A11Y-13 reduced motion: nothing moves by itself (${path})`, async () => {
    const { page } = await (path.includes("gallery") ? gallery : opened)(site, path);
    if (path.includes("gallery")) await page.check("#asked [name=part][value=uses]");
    assert.deepEqual(await page.evaluate(() => document.getAnimations().map((animation) => animation.animationName ?? animation.transitionProperty)), []);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
  });
}

for (const path of LOOKS) {
  for (const width of [320, 1280]) {
    test(`A11Y-13 right to left at ${width} px (${path})`, async () => {
      const { page } = await gallery(site, path, { width });
      await page.evaluate(() => (document.documentElement.dir = "rtl"));
      await page.click("#errors > button");
      await page.waitForSelector("#errors .leadpact-error");
      assert.deepEqual(await overflowing(page), []);
      const wrong = await page.evaluate(() => {
        const left = (element) => element.getBoundingClientRect().left;
        const wrong = [];
        for (const option of document.querySelectorAll(".leadpact-option")) {
          if (option.checkVisibility() && left(option.querySelector("input")) < left(option.querySelector("span"))) wrong.push(option.outerHTML);
        }
        const unit = document.querySelector("#kinds .leadpact-unit");
        const box = unit.closest(".leadpact-question");
        const sameLine = unit.getBoundingClientRect().top < box.querySelector("input").getBoundingClientRect().bottom;
        if (sameLine && left(unit) > left(box.querySelector("input"))) wrong.push("the unit stands before its number");
        const { borderLeftWidth, borderRightWidth } = getComputedStyle(document.querySelector("#errors .leadpact-errors"));
        if (!(parseFloat(borderRightWidth) > parseFloat(borderLeftWidth))) wrong.push("the mark of errors stands at the end of the line");
        return wrong;
      });
      assert.deepEqual(wrong, []);
    });
  }
}
