// How new the numbers are: asks and waits for the next set of snapshots, and says in the page's head how old this one is.
import { Away, Refused, freshness } from './access.js';
import { byId, fill, h, table } from './dom.js';
import { ago, clock } from './format.js';

let known = null;
let offset = 0; // the service's clock minus this one
let isAway = false;
let waiting = null;
const listeners = [];

/** The service's time. */
export const now = () => new Date(Date.now() + offset);
export const state = () => known;
/** Calls back with each new state, and with an error when there is none to be had. */
export const onChange = (listener) => listeners.push(listener);

const tell = (error) => { for (const listener of listeners) listener(known, error); };
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const isShort = (id) => (id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id);

const newest = () => known.tables.reduce((best, one) => (!best || one.committedAt > best.committedAt ? one : best), null);

function show() {
  const text = byId('as-of');
  if (!known) { text.textContent = isAway ? 'not connected' : 'connecting'; return; }
  if (!known.set) { text.textContent = known.problem ? 'no data yet' : 'age of the data not known'; return; }
  const age = ago(now() - new Date(known.committedAt ?? known.visibleAt));
  text.textContent = `${isAway ? 'Not connected; as' : 'As'} of ${age} ago`;
}

function describe() {
  const label = byId('snapshot');
  const one = known?.set ? newest() : null;
  label.textContent = one ? `· snapshot ${isShort(one.snapshot)}` : '';
  if (!known?.set) { fill(byId('snapshots'), h('p', {}, known?.problem ?? 'What the answers are made of is not known here.')); return; }
  const lag = known.committedAt ? new Date(known.visibleAt) - new Date(known.committedAt) : null;
  fill(byId('snapshots'),
    h('p', {}, lag !== null && lag >= 0 && lag < 600_000
      ? `The newest commit could be asked for ${ago(lag)} after it was made.`
      : `These data were loaded at ${clock(new Date(known.visibleAt))}.`),
    known.problem ? h('p', { class: 'problem' }, known.problem) : null,
    known.tables.length > 0 ? h('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Tables and snapshots' }, table('Tables and their snapshots', [{ title: 'Table' }, { title: 'Snapshot', isNumber: true }, { title: 'Committed', isNumber: true }],
      known.tables.map((entry) => [entry.table, entry.snapshot, new Date(entry.committedAt).toLocaleString()]))) : null);
}

/** Asks anew at once: the token is another, or the page is looked at again. */
export function wake() {
  waiting?.abort();
}

export async function run() {
  setInterval(show, matchMedia('(prefers-reduced-motion: reduce)').matches ? 1000 : 200);
  for (;;) {
    // A page that nobody looks at asks nothing; connections to one service are few.
    if (document.hidden) { await new Promise((resolve) => { document.addEventListener('visibilitychange', resolve, { once: true }); }); continue; }
    waiting = new AbortController();
    try {
      const next = await freshness(isAway ? null : known?.etag, waiting.signal);
      const isBack = isAway;
      isAway = false;
      if (next) {
        offset = new Date(next.now) - Date.now();
        const isNews = next.etag !== known?.etag;
        known = next;
        describe();
        if (isNews || isBack) tell(null);
      }
      show();
      // Nothing to wait for before a Cube whose tables are not known: asked again after a while.
      if (known && !known.set) { await pause(known.problem ? 1000 : 10_000); if (!known.problem) tell(null); }
    } catch (error) {
      if (error.name === 'AbortError') continue;
      isAway = error instanceof Away;
      show();
      tell(error);
      if (error instanceof Refused) await new Promise((resolve) => { document.addEventListener('token', resolve, { once: true }); });
      else await pause(2000);
    }
  }
}

document.addEventListener('visibilitychange', () => { if (document.hidden) wake(); });
