// The Floe page in a real browser.
//   node page.mjs <chromium> <ignored> [<folder for screenshots>]
// Reads commands, one JSON value per line, from standard input and answers each with one line: what a person would see or hear.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = createRequire(import.meta.url)('axe-core').source;
const [executablePath, , folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, timeout: 120_000, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
let context;
let page;
let problems = [];
let base = '';

async function open(url) {
  await context?.close();
  problems = [];
  base = new URL(url).origin;
  context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  // Refusals and outages are part of the tests; what the page itself does wrong is not.
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')) problems.push(message.text()); });
  page.on('pageerror', (error) => problems.push(String(error)));
  // Nothing may come from anywhere else, and no token may stand in an address.
  page.on('request', (request) => { if (!request.url().startsWith(base) || /eyJ|token=/.test(request.url())) problems.push(`asked ${request.url()}`); });
  await page.goto(url, { waitUntil: 'load' });
}

// By the debugger: the page itself may not evaluate texts.
async function evaluate(expression) {
  const debug = await context.newCDPSession(page);
  const { result, exceptionDetails } = await debug.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
  await debug.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

const seen = () => evaluate(`({
  view: document.querySelector('main > section:not([hidden])')?.id ?? '',
  text: document.querySelector('main').innerText,
  notice: document.getElementById('notice').hidden ? '' : document.getElementById('notice').innerText,
  says: document.getElementById('says').textContent,
  asOf: document.querySelector('#freshness > summary').innerText,
  figures: [...document.querySelectorAll('#figures > div')].map((one) => one.innerText.replace('\\n\\n', ' ').replace('\\n', ' ')),
  focus: (document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.innerText ?? '').slice(0, 80),
  address: location.href,
})`);

const commands = {
  open,
  see: async () => {},
  click: async ([role, name]) => page.getByRole(role, { name, exact: true }).first().click(),
  check: async (label) => page.locator('label', { hasText: label }).locator('input').first().click(),
  select: async ([label, value]) => page.locator('select').and(page.getByLabel(label, { exact: true })).first().selectOption(value),
  type: async ([label, text]) => page.locator('input').and(page.getByLabel(label, { exact: true })).first().fill(text),
  keys: async (keys) => { for (const key of keys) await page.keyboard.press(key); },
  focus: async (selector) => page.locator(selector).first().focus(),
  dark: async () => page.emulateMedia({ colorScheme: 'dark' }),
  size: async ([width, height]) => page.setViewportSize({ width, height }),
  evaluate,
  until: async (expression) => {
    for (const end = Date.now() + 60_000; ;) {
      if (await evaluate(expression) === true) return;
      if (Date.now() > end) throw new Error(`${expression} did not come about; the page says: ${(await seen()).text.slice(0, 2000)}`);
      await page.waitForTimeout(40);
    }
  },
  // What axe (WCAG 2.2 A and AA, and its best practices) finds.
  axe: async () => {
    if (!await evaluate("typeof axe === 'object'")) await evaluate(`${axe}; true`);
    return evaluate(`axe.run().then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join('; ')))`);
  },
  shot: async (name) => { if (folder) await page.screenshot({ path: join(folder, `${name}.png`) }); },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line);
  try {
    const value = await commands[name](argument);
    console.log(JSON.stringify({ ...(await seen()), value: value ?? null, problems }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${name} ${JSON.stringify(argument)}: ${error.message}`, problems }));
  }
}
await browser.close();
