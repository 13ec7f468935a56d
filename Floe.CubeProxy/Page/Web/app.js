// The page: which view is seen, what state the service is in, and a fresh look at everything when new data arrive.
import { Away, Refused, meta, paste } from './access.js';
import { byId, fill, h } from './dom.js';
import * as explorer from './explorer.js';
import { clock } from './format.js';
import * as freshness from './freshness.js';
import * as shop from './shop.js';

let members = null; // name to { kind, cube, … } of /v1/meta
let updated = null;
let told = null; // the state of which the numbers are

const views = { shop, explore: explorer };

/** Says it to those who read by ear. */
const say = (text) => { byId('says').textContent = text; };

function notice(text, isError, ...more) {
  const element = byId('notice');
  element.hidden = !text;
  element.classList.toggle('error', Boolean(isError));
  if (text && element.firstChild?.textContent !== text) fill(element, h('p', {}, text), ...more);
  if (!text) fill(element);
}

function show() {
  const wanted = location.hash.slice(1);
  const name = wanted === 'explore' || !members || !shop.fits(members) ? 'explore' : 'shop';
  for (const view of Object.keys(views)) {
    byId(view).hidden = view !== name || !members;
    const link = byId(`to-${view}`);
    if (view === name) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  byId('waiting').hidden = Boolean(members);
  byId('loading').hidden = !byId('notice').hidden;
  document.title = name === 'shop' ? 'Floe – the shop' : 'Floe – explore';
  return name;
}

async function readModel() {
  const all = new Map();
  const { cubes } = await meta();
  for (const cube of cubes) {
    for (const kind of ['measures', 'dimensions', 'segments']) {
      for (const member of cube[kind]) all.set(member.name, { ...member, kind, cube });
    }
  }
  members = all;
  byId('to-shop').hidden = !shop.fits(members);
  shop.begin(members, (query) => { explorer.take(query); location.hash = 'explore'; }, refresh);
  explorer.begin(cubes, members, refresh);
}

function complain(error) {
  if (error instanceof Refused) {
    notice(error.message, true, h('button', { type: 'button', onclick: askForToken }, 'Paste a token'));
  } else if (error instanceof Away) {
    notice(`${error.message}; trying again.${updated ? ` The numbers are those of ${clock(updated)}.` : ''}`, true);
  } else {
    notice(`The numbers could not be read: ${error.message}`, true);
  }
}

/** Looks at the data again; says what changed. */
let refreshing = null;
let isAgain = false;
function refresh() {
  isAgain = true;
  refreshing ??= (async () => {
    try {
      // Not before this has a name by which the next call finds it.
      await null;
      while (isAgain) {
        isAgain = false;
        const state = freshness.state();
        if (state && !state.set && state.problem) {
          notice(`No data yet: ${state.problem} This page fills itself when they are there.`, false);
          show();
          return;
        }
        if (!members) await readModel();
        notice(null);
        const name = show();
        const change = await views[name].refresh();
        // A look at something else is no news.
        if (told && told !== state?.etag && change) say(change);
        [told, updated] = [state?.etag, new Date()];
        if (state?.problem) notice(state.problem, false);
      }
    } catch (error) {
      complain(error);
      show();
    } finally {
      refreshing = null;
      document.body.dataset.settled = String(Number(document.body.dataset.settled ?? 0) + 1);
    }
  })();
  return refreshing;
}

function askForToken(event) {
  byId('token-why').textContent = event?.type ? '' : byId('notice').textContent;
  byId('token-text').value = '';
  byId('token-dialog').showModal();
}

byId('token-open').addEventListener('click', askForToken);
byId('token-cancel').addEventListener('click', () => byId('token-dialog').close());
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = byId('token-text').value;
  byId('token-dialog').close();
  byId('token-text').value = '';
  if (!text.trim()) return;
  paste(text, byId('token-keep').checked);
  members = null;
  freshness.wake();
  document.dispatchEvent(new Event('token'));
  refresh();
});

byId('theme').value = globalThis.floeTheme.chosen();
byId('theme').addEventListener('change', (event) => globalThis.floeTheme.choose(event.target.value));
addEventListener('hashchange', () => { if (members && Object.hasOwn(views, location.hash.slice(1))) refresh(); });
byId('freshness').addEventListener('keydown', (event) => { if (event.key === 'Escape') { byId('freshness').open = false; byId('freshness').querySelector('summary').focus(); } });
addEventListener('click', (event) => { if (!byId('freshness').contains(event.target)) byId('freshness').open = false; });

freshness.onChange((_, error) => { if (error) complain(error); else refresh(); if (!members) show(); });
// Numbers in a canvas are drawn with the font that is there then.
await document.fonts.load('500 13px Inter').catch(() => {});
freshness.run();
