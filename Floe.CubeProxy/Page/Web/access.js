// Who asks: the token, held in memory; a pasted one on request until the tab is closed. It is never in an address.
/* global cubejs */
import { byId } from './dom.js';

const key = 'floe-token';
const here = (path) => new URL(path, document.baseURI).href;

/** The service does not answer. */
export class Away extends Error {}
/** There is no token, or it is not taken; the message says what to do. */
export class Refused extends Error {}

let isPasted = false;
let current = null; // { token, until }
let fetching = null;

const saved = () => { try { return sessionStorage.getItem(key); } catch { return null; } };
const save = (token) => { try { if (token) sessionStorage.setItem(key, token); else sessionStorage.removeItem(key); } catch { /* Then it lasts as long as the page. */ } };

async function obtain() {
  let answer;
  try {
    answer = await fetch(here('page/token'), { method: 'POST', cache: 'no-store' });
  } catch {
    throw new Away('CubeProxy does not answer');
  }
  if (answer.status === 200) {
    const { token, expiresInSeconds } = await answer.json();
    // Half a minute before its end the next one is asked for.
    current = { token, until: performance.now() + (expiresInSeconds - 30) * 1000 };
    return token;
  }
  isPasted = true;
  byId('token-open').hidden = false;
  const kept = saved();
  if (kept) {
    current = { token: kept, until: Infinity };
    return kept;
  }
  const reason = answer.status === 204 ? null : (await answer.json().catch(() => ({}))).error;
  throw new Refused(reason ? `${reason} Open the page as http://localhost, or paste a token.` : 'This page needs a token of Cube’s API: paste one.');
}

/** The token to ask with. */
export async function token() {
  if (current && performance.now() < current.until) return current.token;
  if (isPasted && !current) throw new Refused('This page needs a token of Cube’s API: paste one.');
  fetching ??= obtain().finally(() => { fetching = null; });
  return fetching;
}

/** A token was given by hand. */
export function paste(text, isKept) {
  isPasted = true;
  current = { token: text.trim().replace(/^Bearer\s+/i, ''), until: Infinity };
  save(isKept ? current.token : null);
}

export function forget() {
  current = null;
  save(null);
}

const isRefusal = (status, message) => status === 403 && /^(Invalid token|Authorization header)/.test(message);

/** What a failed request means. A refused token of this service's own is asked for once more. */
function judge(error) {
  const [status, message] = [error.status ?? error.response?.status, error.response?.error ?? error.message ?? ''];
  if (error instanceof Away || error instanceof Refused) return error;
  if (status === undefined && /network error/i.test(message)) return new Away('CubeProxy does not answer');
  if (isRefusal(status, message)) {
    forget();
    return new Refused(`The token was refused (${message}); paste another.`);
  }
  return error;
}

async function attempt(ask) {
  for (let again = false; ; again = true) {
    try {
      return await ask();
    } catch (error) {
      const judged = judge(error);
      if (!(judged instanceof Refused) || isPasted || again) throw judged;
    }
  }
}

const options = { apiUrl: here('cubejs-api/v1') };
// By POST: filter values are nobody's business, and addresses are written into logs.
const asking = cubejs(token, { ...options, method: 'POST' });
const reading = cubejs(token, options);

export const load = (query, settings) => attempt(() => asking.load(query, settings));
export const sql = (query) => attempt(() => asking.sql(query));
export const meta = () => attempt(() => reading.meta());

/** What is served, by the service's own address; waits for news. Null: nothing new. */
export async function freshness(known, signal) {
  return attempt(async () => {
    const headers = { Authorization: await token() };
    if (known) Object.assign(headers, { 'If-None-Match': known, Prefer: 'wait=20' });
    let answer;
    try {
      answer = await fetch(here('api/freshness'), { headers, cache: 'no-store', signal });
    } catch (error) {
      throw error.name === 'AbortError' ? error : new Away('CubeProxy does not answer');
    }
    if (answer.status === 304) return null;
    const body = await answer.json().catch(() => ({}));
    if (answer.status >= 500) throw new Away(body.error ?? 'CubeProxy does not answer');
    if (!answer.ok) throw Object.assign(new Error(body.error ?? `Status ${answer.status}`), { status: answer.status, response: body });
    return { ...body, etag: answer.headers.get('ETag') };
  });
}
