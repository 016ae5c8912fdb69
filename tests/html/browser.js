// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See browser_test.py.  Arguments: browser, report of mydriver, hostile report, report of several
// drivers, pictures.
"use strict";
const assert = require("assert");
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const { chromium } = require("playwright-core");

const [program, driver, hostile, several, pictures] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

function pagesOf(folder) {
  return fs.readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
}

function url(folder, name) {
  return pathToFileURL(path.join(folder, name)).href;
}

// A page of its own; what it says to the console or asks the network for is a failure.
async function open(browser, folder, name, options = {}) {
  const context = await browser.newContext({
    viewport: SIZES[options.size || "desk"], colorScheme: options.scheme || "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.bad = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.bad.push(message.text());
  });
  page.on("pageerror", (error) => page.bad.push(String(error)));
  context.on("request", (request) => {
    const base = pathToFileURL(folder + path.sep).href;
    if (!request.url().startsWith(base) && !request.url().startsWith("data:"))
      page.bad.push("asked for " + request.url());
    if (request.resourceType() !== "document" && !request.url().startsWith("data:"))
      page.bad.push("loads " + request.resourceType() + " " + request.url());
  });
  await page.goto(url(folder, name));
  return page;
}

async function close(page) {
  assert.deepStrictEqual(page.bad, []);
  await page.context().close();
}

async function shown(page) {
  return page.$$eval("#findings > li", (items) => items.filter((item) => !item.hidden).length);
}

async function focused(page) {
  return page.evaluate(() => document.activeElement.getAttribute("href") || document.activeElement.id);
}

// Waits for what a function in the page says; waitForFunction() would break its policy.
async function until(page, condition, argument) {
  for (let tries = 0; !(await page.evaluate(condition, argument)); tries++) {
    assert.ok(tries < 200, "never came: " + condition);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// The element is inside the window, all of its height.
async function inView(page, selector) {
  await until(page, (wanted) => {
    const box = document.querySelector(wanted).getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  }, selector);
}

const checks = {
  async "a step leads to its line and back"(browser) {
    const page = await open(browser, driver, "index.html");
    await page.click("a.finding >> nth=0");
    await page.waitForURL(/finding-/);
    assert.strictEqual(await page.getAttribute("#s-a4", "href"), "#n-a4");
    await page.click("#s-a4");
    await inView(page, "#n-a4");
    const line = await page.$eval("#n-a4", (note) => {
      while (!note.classList.contains("line")) note = note.previousElementSibling;
      return note.textContent;
    });
    assert.match(line, /ExAllocatePoolWithTag\(/);
    assert.strictEqual(await page.getAttribute("#s-a4", "aria-current"), "step");
    await page.click("#n-a4 a.badge");
    await inView(page, "#s-a4");
    assert.strictEqual(await focused(page), "#n-a4");
    await page.click("#s-t2");
    await inView(page, "#n-t2");
    assert.strictEqual(await page.getAttribute("#s-a4", "aria-current"), null);
    assert.match(await page.textContent("section:has(> #h-witness)"), /AllIRPDispatch.*0x22a004/s);
    await page.screenshot({ path: path.join(pictures, "finding-step.png") });
    await close(page);
  },

  async "filters by tag, text, rule and proof, and remembers"(browser) {
    const page = await open(browser, driver, "index.html");
    assert.strictEqual(await shown(page), 3);
    await page.selectOption('select[data-facet="tag"]', "mdrv");
    assert.strictEqual(await shown(page), 1);
    assert.match(await page.textContent("#shown"), /^1 of 3/);
    await page.screenshot({ path: path.join(pictures, "driver-filtered.png") });
    await page.click("a.finding >> visible=true");
    await page.waitForURL(/finding-/);
    await page.goBack();
    await page.waitForSelector("#findings");
    assert.strictEqual(await shown(page), 1);
    await page.click('button[type="reset"]');
    await until(page, () => !document.querySelector("#findings > li[hidden]"));
    await page.fill("#q", "workitem GetNecessary");
    assert.strictEqual(await shown(page), 1);
    await page.fill("#q", "no such thing");
    assert.strictEqual(await shown(page), 0);
    await page.fill("#q", "");
    await page.selectOption('select[data-facet="rule"]', "LeakAtUnload");
    await page.selectOption('select[data-facet="proof"]', "confirmed");
    assert.strictEqual(await shown(page), 3);
    const file = await page.$eval('select[data-facet="file"]', (select) => select.options[1].value);
    await page.selectOption('select[data-facet="file"]', file);
    assert.strictEqual(await shown(page), 3);
    await close(page);
  },

  async "several drivers are filtered, the worst first"(browser) {
    const page = await open(browser, several, "index.html");
    assert.strictEqual(await shown(page), 2);
    assert.match(await page.textContent("#findings > li >> nth=0"), /^zoo [1-9]/);
    await page.fill("#q", "ant");
    assert.strictEqual(await shown(page), 1);
    await page.click('button[type="reset"]');
    await until(page, () => !document.querySelector("#findings > li[hidden]"));
    await page.selectOption('select[data-facet="state"]', "with findings");
    assert.strictEqual(await shown(page), 1);
    await page.screenshot({ path: path.join(pictures, "several-filtered.png") });
    await page.click("a.finding >> visible=true");
    await page.waitForURL(/driver-zoo/);
    await close(page);
  },

  async "can be used with keys alone"(browser) {
    const page = await open(browser, driver, "index.html");
    const links = await page.$$eval("a.finding", (all) => all.map((one) => one.getAttribute("href")));
    await page.keyboard.press("Tab");
    assert.strictEqual(await focused(page), "#content");
    await page.keyboard.press("j");
    assert.strictEqual(await focused(page), links[0]);
    await page.keyboard.press("ArrowDown");
    assert.strictEqual(await focused(page), links[1]);
    await page.keyboard.press("k");
    assert.strictEqual(await focused(page), links[0]);
    await page.keyboard.press("/");
    assert.strictEqual(await focused(page), "q");
    await page.keyboard.type("jk/Mdl");
    assert.strictEqual(await page.inputValue("#q"), "jk/Mdl");
    await page.keyboard.press("Escape");
    assert.strictEqual(await page.inputValue("#q"), "");
    await page.keyboard.type("Mdl");
    await page.keyboard.press("Enter");
    assert.strictEqual(await focused(page), links[1]);
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(links[1]));
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    assert.strictEqual(await focused(page), "#n-a2");
    await page.keyboard.press("Enter");
    await until(page, () => document.activeElement.closest("#n-a2"));
    await page.keyboard.press("Escape");
    assert.strictEqual(await focused(page), "#n-a2");
    await page.keyboard.press("n");
    await page.waitForURL(new RegExp(links[2]));
    await page.keyboard.press("p");
    await page.waitForURL(new RegExp(links[1]));
    await page.keyboard.press("Escape");
    await page.waitForURL(/index\.html/);
    await close(page);
  },

  async "follows the system's light and dark"(browser) {
    const colours = {};
    for (const scheme of ["light", "dark"]) {
      for (const name of pagesOf(driver)) {
        const page = await open(browser, driver, name, { scheme });
        const colour = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
        colours[scheme] = colour.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b);
        const picture = name.replace(/-[0-9a-f]{8}.*|\.html/, "") + "-" + scheme + ".png";
        await page.screenshot({ path: path.join(pictures, picture), fullPage: true });
        await close(page);
      }
    }
    assert.ok(colours.light > 600 && colours.dark < 150, JSON.stringify(colours));
  },

  async "fits a phone"(browser) {
    for (const folder of [driver, hostile, several]) {
      for (const name of pagesOf(folder)) {
        const page = await open(browser, folder, name, { size: "phone" });
        const width = await page.evaluate(() => {
          document.querySelectorAll("details").forEach((one) => { one.open = true; });
          return document.documentElement.scrollWidth;
        });
        const picture = path.basename(path.dirname(folder)) + "-" + name.replace(/\.html/, "") + "-phone.png";
        await page.screenshot({ path: path.join(pictures, picture), fullPage: true });
        assert.ok(width <= 360, `${name} is ${width} wide`);
        await close(page);
      }
    }
  },

  async "has no serious accessibility error"(browser) {
    for (const scheme of ["light", "dark"]) {
      const pages = pagesOf(driver).map((name) => [driver, name]).concat([[several, "index.html"]]);
      for (const [folder, name] of pages) {
        const page = await open(browser, folder, name, { scheme });
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        await page.evaluate(axe);
        const found = await page.evaluate(() => window.axe.run(document));
        assert.ok(found.passes.length > 10, "axe looked at something");
        const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
        assert.deepStrictEqual(
          serious.map((one) => `${name} ${scheme} ${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3)}`), []);
        await close(page);
      }
    }
    // An axe that finds nothing anywhere would pass for health.
    const page = await open(browser, driver, "index.html");
    await page.evaluate(() => document.querySelectorAll("label span").forEach((one) => one.remove()));
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document));
    assert.ok(found.violations.some((one) => ["serious", "critical"].includes(one.impact)));
    await close(page);
  },

  async "runs nothing that it quotes"(browser) {
    for (const name of pagesOf(hostile)) {
      const page = await open(browser, hostile, name);
      assert.strictEqual(await page.evaluate(() => typeof window.pwned), "undefined");
      assert.strictEqual(await page.$$eval("img", (all) => all.length), 0);
      assert.match(await page.textContent("main"), /<script>pwned=1<\/script>/);
      await close(page);
    }
  },

  async "draws the run"(browser) {
    const page = await open(browser, driver, "run-run.html");
    assert.strictEqual(await page.$$eval(".chart .series", (all) => all.length), 3);
    assert.match(await page.textContent("main"), /mydriver!DeviceControlDispatch/);
    await close(page);
  },
};

(async () => {
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: program, args });
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(browser);
      console.log("ok      " + name);
    } catch (error) {
      failed++;
      console.log("FAILED  " + name + "\n" + (error.stack || error));
    }
  }
  await browser.close();
  console.log(`${Object.keys(checks).length} checks, ${failed} failed; pictures in ${pictures}`);
  process.exit(failed ? 1 : 0);
})();
