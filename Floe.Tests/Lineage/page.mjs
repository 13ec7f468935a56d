// The lineage page in a real browser.
//   node page.mjs <chromium> <address> [<folder for screenshots>]
// Reads commands, one JSON value per line, from standard input and answers each with one line: what a person would see.
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [executablePath, url, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, timeout: 120_000, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const context = await browser.newContext({ viewport: { width: 1500, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(60_000);
const problems = [];
page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
page.on('pageerror', (error) => problems.push(String(error)));
// Nothing may come from anywhere else.
page.on('request', (request) => { if (!request.url().startsWith(url) && !request.url().startsWith('data:')) problems.push(`asked ${request.url()}`); });

const seen = () => page.evaluate(() => ({
  nodes: floe.drawn.nodes().map((n) => n.data('label')).sort(),
  edges: floe.drawn.edges().map((e) => `${e.source().data('label')} > ${e.target().data('label')}`).sort(),
  states: Object.fromEntries(floe.drawn.nodes('[kind="job"]').map((n) => [n.data('label'), n.data('state')])),
  path: floe.drawn.nodes('.on').map((n) => n.data('label')).sort(),
  chosen: floe.drawn.nodes('.chosen').map((n) => n.data('label')),
  detail: document.getElementById('detail').hidden ? '' : document.getElementById('detail').innerText,
  state: document.getElementById('state').textContent,
  focus: document.activeElement?.textContent?.slice(0, 60) ?? '',
}));

// What was asked for is told and drawn, in the window's size and colours.
const settled = () => page.waitForFunction(() => document.getElementById('detail').getAttribute('aria-busy') !== 'true' && !floe.drawn.animated()
  && floe.drawn.width() === document.getElementById('graph').clientWidth
  && floe.drawn.nodes('[kind="table"]')[0].style('color').replaceAll(' ', '') === getComputedStyle(document.body).color.replaceAll(' ', ''));

const commands = {
  open: async () => { await page.goto(url, { waitUntil: 'load' }); await page.waitForFunction(() => window.floe && document.body.dataset.live === 'true'); },
  click: async (label) => {
    const at = await page.evaluate((l) => {
      const node = floe.drawn.nodes().filter((n) => n.data('label') === l).renderedPosition();
      const box = document.getElementById('graph').getBoundingClientRect();
      return { x: box.x + node.x, y: box.y + node.y };
    }, label);
    await page.mouse.click(at.x, at.y);
    await page.waitForFunction((l) => document.querySelector('#detail h2')?.textContent === l || document.querySelector('#detail h2')?.textContent.endsWith(`.${l}`), label);
    await settled();
  },
  button: async (name) => { await page.getByRole('button', { name, exact: true }).first().click(); await settled(); },
  keys: async (keys) => { for (const key of keys) { await page.keyboard.press(key); await settled(); } },
  focus: async (id) => page.focus(`#${id}`),
  type: async (text) => page.keyboard.type(text),
  check: async (id) => page.locator(`#${id}`).click(),
  dark: async () => { await page.emulateMedia({ colorScheme: 'dark' }); await settled(); },
  size: async ([width, height]) => { await page.setViewportSize({ width, height }); await settled(); },
  // By the debugger: the page itself may not evaluate texts.
  until: async (expression) => {
    const debug = await context.newCDPSession(page);
    for (const end = Date.now() + 60000; ;) {
      const { result } = await debug.send('Runtime.evaluate', { expression, returnByValue: true });
      if (result.value === true) return;
      if (Date.now() > end) throw new Error(`${expression} did not come about`);
      await page.waitForTimeout(50);
    }
  },
  shot: async (name) => { if (folder) await page.screenshot({ path: join(folder, `${name}.png`) }); },
  see: async () => {},
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line);
  try {
    await commands[name](argument);
    console.log(JSON.stringify({ ...(await seen()), problems }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${name}: ${error.message}`, problems }));
  }
}
await browser.close();
