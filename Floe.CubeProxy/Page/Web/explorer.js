// Composes a query of Cube's API from what the model has, and shows its rows, a chart, the SQL and the time it took.
import { load, sql } from './access.js';
import { Plot, mostSeries } from './charts.js';
import { byId, fill, h, newId, table } from './dom.js';
import { cell, count, number, short, time } from './format.js';
import { now } from './freshness.js';

const mostRows = 500;
const mostBars = 30;
const day = 86_400_000;

const operators = {
  string: { equals: 'is', notEquals: 'is not', contains: 'contains', notContains: 'does not contain', startsWith: 'starts with', endsWith: 'ends with', set: 'has a value', notSet: 'has no value' },
  number: { equals: '=', notEquals: '≠', gt: '>', gte: '≥', lt: '<', lte: '≤', set: 'has a value', notSet: 'has no value' },
  time: { inDateRange: 'from … to', notInDateRange: 'not from … to', beforeDate: 'before', afterDate: 'after', set: 'has a value', notSet: 'has no value' },
  boolean: { equals: 'is', set: 'has a value', notSet: 'has no value' },
};
const needsNothing = new Set(['set', 'notSet']);

const ranges = {
  '': 'any time', today: 'today', 'this week': 'this week', 'this month': 'this month', 'this year': 'this year',
  'last 7 days': 'last 7 days', 'last 30 days': 'last 30 days', 'last 12 months': 'last 12 months', custom: 'from … to',
};

let cubes = [];
let members = null;
let again = null;
let state = null; // what is composed
let asked = null; // the query that was run last
let plot = null;
let turn = 0;
let isChartTable = false;

const member = (name) => members.get(name);
const titleOf = (name) => `${member(name).cube.title} ${member(name).shortTitle}`;
const granularitiesOf = (name) => [...new Set(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', ...(member(name)?.granularities ?? []).map((one) => one.name)])];
const chosen = () => [...state.measures, ...state.dimensions, ...(state.time && state.granularity ? [state.time] : [])];

// ---- what is composed ------------------------------------------------------------------------------------------------------------------

const nothing = () => ({ measures: [], dimensions: [], segments: [], time: '', granularity: '', range: '', from: '', to: '', filters: [], order: '', direction: 'desc', limit: 100 });

function first() {
  const start = nothing();
  const wanted = { measures: ['Orders.count', 'Orders.total_revenue'], dimensions: ['Orders.status'] };
  if ([...wanted.measures, ...wanted.dimensions].every((name) => members.has(name))) return { ...start, ...wanted };
  const measure = [...members.values()].find((one) => one.kind === 'measures');
  const dimension = [...members.values()].find((one) => one.kind === 'dimensions' && one.type === 'string' && !one.primaryKey && one.cube === measure?.cube);
  return { ...start, measures: measure ? [measure.name] : [], dimensions: dimension ? [dimension.name] : [] };
}

/** Shows a query in the form; it is run with the next refresh. */
export function take(query) {
  const one = query.timeDimensions?.[0];
  const order = query.order?.[0];
  state = {
    ...nothing(), measures: [...query.measures ?? []], dimensions: [...query.dimensions ?? []], segments: [...query.segments ?? []],
    time: one?.dimension ?? '', granularity: one?.granularity ?? '', range: one?.dateRange ? 'custom' : '', from: one?.dateRange?.[0] ?? '', to: one?.dateRange?.[1] ?? '',
    filters: (query.filters ?? []).map((filter) => ({ member: filter.member, operator: filter.operator, text: filter.values?.join('; ') ?? '', from: '', to: '' })),
    order: order?.[0] ?? '', direction: order?.[1] ?? 'desc', limit: query.limit ?? 100,
  };
  asked = compose();
  drawForm();
}

const values = (text) => text.split(';').map((one) => one.trim()).filter((one) => one.length > 0);

function filterOf({ member: name, operator, text, from, to }) {
  if (needsNothing.has(operator)) return { member: name, operator };
  if (member(name).type === 'time') return operator.endsWith('InDateRange') || operator === 'inDateRange' ? (from && to ? { member: name, operator, values: [from, to] } : null) : (from ? { member: name, operator, values: [from] } : null);
  return values(text).length > 0 ? { member: name, operator, values: values(text) } : null;
}

function compose() {
  const query = { measures: [...state.measures], dimensions: [...state.dimensions] };
  if (state.segments.length > 0) query.segments = [...state.segments];
  if (state.time && (state.granularity || state.range)) {
    const dateRange = state.range === 'custom' ? (state.from && state.to ? [state.from, state.to] : undefined)
      // Cube's "last 12 months" ends before this one.
      : state.range === 'last 12 months' ? [new Date(now() - 365 * day).toISOString().slice(0, 10), now().toISOString().slice(0, 10)] : state.range || undefined;
    if (state.granularity || dateRange) query.timeDimensions = [{ dimension: state.time, ...(state.granularity ? { granularity: state.granularity } : {}), ...(dateRange ? { dateRange } : {}) }];
  }
  const filters = state.filters.map(filterOf).filter(Boolean);
  if (filters.length > 0) query.filters = filters;
  if (state.order && chosen().includes(state.order)) query.order = [[state.order, state.direction]];
  query.limit = state.limit;
  return query;
}

// ---- the form --------------------------------------------------------------------------------------------------------------------------

function toggle(list, name, isOn) {
  state[list] = isOn ? [...state[list], name] : state[list].filter((one) => one !== name);
  marked();
  drawOrder();
}

// Cubes that no join reaches from what is chosen cannot be asked for together with it.
function marked() {
  const components = new Set([...state.measures, ...state.dimensions, ...state.segments].map((name) => member(name).cube.connectedComponent).filter((one) => one !== undefined));
  for (const box of byId('members').querySelectorAll('input[type=checkbox]')) {
    const one = member(box.value);
    const isFar = components.size > 0 && one.cube.connectedComponent !== undefined && !components.has(one.cube.connectedComponent);
    box.disabled = isFar && !box.checked;
    box.closest('label').title = box.disabled ? 'Not joined with what is chosen' : one.description ?? '';
  }
  for (const details of byId('members').querySelectorAll('details')) {
    const number = details.querySelectorAll('input:checked').length;
    details.querySelector('.chosen').textContent = number > 0 ? `${number} chosen` : '';
  }
}

function drawMembers() {
  const open = new Set([...state.measures, ...state.dimensions, ...state.segments].map((name) => member(name).cube.name));
  const group = (cube, kind, title) => {
    const all = cube[kind].filter((one) => kind !== 'dimensions' || one.type !== 'time');
    return all.length === 0 ? null : h('fieldset', {}, h('legend', {}, title), all.map((one) => h('label', { class: 'check', 'data-find': `${one.name} ${one.title}`.toLowerCase() },
      h('input', { type: 'checkbox', value: one.name, checked: state[kind].includes(one.name), onchange: (event) => toggle(kind, one.name, event.target.checked) }), h('span', {}, one.shortTitle))));
  };
  fill(byId('members'), cubes.map((cube, i) => h('details', { open: open.has(cube.name) || (open.size === 0 && i === 0) },
    h('summary', {}, h('span', {}, cube.title), h('span', { class: 'chosen' })),
    group(cube, 'measures', 'Measures'), group(cube, 'dimensions', 'Dimensions'), group(cube, 'segments', 'Segments'))));
  marked();
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  for (const details of byId('members').querySelectorAll('details')) {
    let found = 0;
    for (const label of details.querySelectorAll('label')) {
      label.hidden = wanted.length > 0 && !label.dataset.find.includes(wanted);
      if (!label.hidden) found++;
    }
    for (const set of details.querySelectorAll('fieldset')) set.hidden = [...set.querySelectorAll('label')].every((label) => label.hidden);
    details.hidden = found === 0;
    if (wanted && found > 0) details.open = true;
  }
}

const option = (value, title, selected) => h('option', { value, selected: value === selected }, title);

/** Names of members by cube. */
const options = (kinds, selected) => cubes.map((cube) => [cube, kinds.flatMap((kind) => cube[kind.name].filter(kind.takes))]).filter(([, all]) => all.length > 0)
  .map(([cube, all]) => h('optgroup', { label: cube.title }, all.map((one) => option(one.name, `${cube.title} ${one.shortTitle}`, selected))));

function field(title, control, isUnseen) {
  control.id ||= newId('field');
  return h('div', { class: 'field' }, h('label', { for: control.id, class: isUnseen ? 'unseen' : '' }, title), control);
}

function drawTime() {
  const isTime = (one) => one.type === 'time';
  const select = h('select', { onchange: () => { state.time = select.value; if (state.time && !state.granularity && !state.range) state.granularity = 'month'; drawTime(); drawOrder(); byId('time').querySelector('select').focus(); } },
    option('', 'none', state.time), options([{ name: 'dimensions', takes: isTime }], state.time));
  const parts = [field('Time', select)];
  if (state.time) {
    const by = h('select', { onchange: () => { state.granularity = by.value; drawOrder(); } }, option('', 'not grouped', state.granularity), granularitiesOf(state.time).map((one) => option(one, `by ${one}`, state.granularity)));
    const range = h('select', { onchange: () => { state.range = range.value; drawTime(); byId('time').querySelectorAll('select')[2].focus(); } }, Object.entries(ranges).map(([value, title]) => option(value, title, state.range)));
    parts.push(field('Grouped', by), field('Period', range));
    if (state.range === 'custom') parts.push(date('From', state, 'from'), date('To', state, 'to'));
  }
  fill(byId('time'), parts);
}

const date = (title, of, key) => field(title, h('input', { type: 'date', value: of[key], oninput: (event) => { of[key] = event.target.value; } }));

function drawFilters() {
  const rows = state.filters.map((filter, i) => {
    const { type } = member(filter.member);
    const known = operators[type] ?? operators.string;
    const which = h('select', { onchange: () => { state.filters[i] = { member: which.value, operator: Object.keys(operators[member(which.value).type] ?? operators.string)[0], text: '', from: '', to: '' }; drawFilters(); focusFilter(i, 0); } },
      options([{ name: 'dimensions', takes: () => true }, { name: 'measures', takes: () => true }], filter.member));
    const how = h('select', { onchange: () => { filter.operator = how.value; drawFilters(); focusFilter(i, 1); } }, Object.entries(known).map(([value, title]) => option(value, title, filter.operator)));
    const parts = [field('Member', which), field('Condition', how)];
    if (!needsNothing.has(filter.operator)) {
      if (type === 'time') {
        const isRange = filter.operator === 'inDateRange' || filter.operator === 'notInDateRange';
        parts.push(date(isRange ? 'From' : 'Date', filter, 'from'), ...(isRange ? [date('To', filter, 'to')] : []));
      } else {
        const list = newId('list');
        const input = h('input', { type: 'text', value: filter.text, autocomplete: 'off', list, placeholder: type === 'number' ? '100' : 'one; or several', oninput: () => { filter.text = input.value; }, onfocus: () => suggest(filter.member, byId(list)) });
        parts.push(field('Value', input), h('datalist', { id: list }));
      }
    }
    return h('div', { class: 'row filter', role: 'group', 'aria-label': `Filter ${i + 1}` }, parts,
      h('button', { type: 'button', class: 'quiet', onclick: () => { state.filters.splice(i, 1); drawFilters(); byId('add-filter').focus(); } }, 'Remove', h('span', { class: 'unseen' }, ` filter ${i + 1}`)));
  });
  fill(byId('filters'), rows);
}

const focusFilter = (i, at) => byId('filters').children[i].querySelectorAll('select')[at].focus();

// The first values that there are, as hints.
async function suggest(name, list) {
  const one = member(name);
  if (list.childElementCount > 0 || one.kind !== 'dimensions' || one.type !== 'string' || one.suggestFilterValues === false) return;
  try {
    const result = await load({ dimensions: [name], order: [[name, 'asc']], limit: 50 });
    fill(list, result.rawData().map((row) => row[name]).filter((value) => value !== null).map((value) => h('option', { value })));
  } catch {
    // Hints are worth no message: the query itself says what is wrong.
  }
}

function drawOrder() {
  const by = h('select', { onchange: () => { state.order = by.value; } }, option('', 'as Cube does', state.order), chosen().map((name) => option(name, titleOf(name), state.order)));
  const direction = h('select', { onchange: () => { state.direction = direction.value; } }, option('desc', 'largest first', state.direction), option('asc', 'smallest first', state.direction));
  const limit = h('input', { type: 'number', min: 1, max: 50_000, value: state.limit, oninput: () => { state.limit = Math.min(50_000, Math.max(1, Math.round(Number(limit.value)) || 100)); }, onchange: () => { limit.value = state.limit; } });
  fill(byId('order'), field('Order', by), field('Direction', direction), field('Rows at most', limit));
}

function drawForm() {
  drawMembers();
  drawTime();
  drawFilters();
  drawOrder();
}

// ---- the answer ------------------------------------------------------------------------------------------------------------------------

const granularityOf = (key, query) => query.timeDimensions?.find((one) => key === `${one.dimension}.${one.granularity}`)?.granularity;

/** The answer's columns, in the order that Cube's client gives them. */
const columnsOf = (result, query) => result.tableColumns().map((column) => {
  const granularity = granularityOf(column.key, query);
  const about = member(granularity ? column.key.slice(0, -granularity.length - 1) : column.key) ?? { type: column.type, format: column.format };
  return { key: column.key, about, granularity, title: `${column.title}${granularity ? `, by ${granularity}` : ''}`, isNumber: about.type === 'number' };
});

function chartOf(result, query, columns, rows, measure) {
  const about = member(measure);
  const times = columns.filter((column) => column.granularity);
  const by = columns.filter((column) => column.about.kind === 'dimensions' && !column.granularity);
  const format = (value) => number(value, about);
  const brief = (value) => short(value, about);
  const one = { title: titleOf(measure), format, brief };
  if (times.length > 0) {
    const pivot = result.chartPivot({ x: [times[0].key], y: [...by.map((column) => column.key), 'measures'], fillMissingDates: query.timeDimensions[0].dateRange !== undefined });
    const names = result.seriesNames({ x: [times[0].key], y: [...by.map((column) => column.key), 'measures'] }).filter(({ key }) => key.split(',').at(-1) === measure || key === measure);
    const series = names.map(({ key, yValues }) => ({ name: by.length > 0 ? yValues.slice(0, -1).join(', ') : about.shortTitle, values: pivot.map((point) => (point[key] === undefined || point[key] === null ? null : Number(point[key]))) }));
    const sum = (list) => list.reduce((all, value) => all + (value ?? 0), 0);
    const largest = [...series].sort((a, b) => sum(b.values) - sum(a.values)).slice(0, mostSeries);
    return { ...one, kind: 'line', axis: times[0].title, labels: pivot.map((point) => time(point.x, times[0].granularity)), series: largest, note: series.length > mostSeries ? `The ${mostSeries} largest of ${series.length} series.` : '' };
  }
  if (by.length === 0) return null;
  const some = rows.slice(0, mostBars);
  return {
    ...one, kind: 'bars', axis: by.map((column) => column.title).join(', '), labels: some.map((row) => by.map((column) => cell(row[column.key], column.about)).join(', ')),
    series: [{ name: about.shortTitle, values: some.map((row) => (row[measure] === null ? null : Number(row[measure]))) }], note: rows.length > mostBars ? `The first ${mostBars} of ${count(rows.length)} rows.` : '',
  };
}

let drawn = null;

function drawChart() {
  const { result, query, columns, rows, measure } = drawn;
  const specification = rows.length > 0 && measure ? chartOf(result, query, columns, rows, measure) : null;
  byId('chart').hidden = !specification;
  if (!specification) return;
  byId('chart-note').textContent = specification.note;
  plot.draw(specification);
}

function drawAnswer(result, text, query, milliseconds) {
  const [columns, rows] = [columnsOf(result, query), result.tablePivot()];
  const raw = result.rawData();
  const measure = query.measures.includes(drawn?.measure) ? drawn.measure : query.measures[0];
  drawn = { result, query, columns, rows: raw, measure };
  fill(byId('facts'), h('strong', {}, `${count(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}`), ` in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`, rows.length === query.limit ? ', as many as were asked for' : '');
  const select = byId('chart-measure');
  fill(select, query.measures.map((name) => option(name, titleOf(name), measure)));
  select.parentElement.hidden = query.measures.length < 2;
  drawChart();
  const shown = raw.slice(0, mostRows);
  fill(byId('rows'), rows.length === 0
    ? h('p', { class: 'empty' }, 'No rows: nothing meets the conditions.')
    : [h('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Table of rows' }, table('Rows of the answer', columns, shown.map((row) => columns.map((column) => cell(row[column.key], column.about, column.granularity))))),
      raw.length > mostRows ? h('p', { class: 'note' }, `The first ${mostRows} of ${count(raw.length)} rows.`) : null]);
  byId('sql-text').textContent = text.sql().replace(/ (FROM|LEFT JOIN|INNER JOIN|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT) /g, '\n$1 ');
  const parameters = text.rawQuery().sql[1] ?? [];
  fill(byId('sql-parameters'), parameters.length > 0 ? h('p', { class: 'note' }, `Parameters: ${parameters.map((value, i) => `$${i + 1} = ${value}`).join(', ')}`) : null);
  byId('query-text').textContent = JSON.stringify(query, null, 2);
  byId('answer').hidden = false;
}

export function begin(allCubes, all, onRun) {
  [cubes, members, again, asked, drawn] = [allCubes, all, onRun, null, null];
  plot?.dispose();
  plot = new Plot();
  isChartTable = false;
  state = first();
  const search = h('input', { type: 'search', autocomplete: 'off', oninput: () => find(search.value) });
  const chartMeasure = h('select', { id: 'chart-measure', onchange: () => { drawn.measure = chartMeasure.value; drawChart(); } });
  const chartTable = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => {
    isChartTable = !isChartTable;
    chartTable.setAttribute('aria-pressed', String(isChartTable));
    plot.showTable(isChartTable);
  } }, 'Table', h('span', { class: 'unseen' }, ' of the chart'));
  const run = () => { asked = compose(); again(); };
  fill(byId('explore'),
    h('div', { class: 'title' }, h('h1', { id: 'explore-title' }, 'Explore')),
    h('form', { class: 'explorer', onsubmit: (event) => { event.preventDefault(); run(); }, onkeydown: (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } } },
      h('div', { class: 'choose' }, h('h2', {}, 'What to show'), field('Find a member', search), h('div', { id: 'members' })),
      h('div', { class: 'compose' },
        h('div', { id: 'time', class: 'row', role: 'group', 'aria-label': 'Time' }),
        h('div', { id: 'filters' }),
        h('div', { id: 'order', class: 'row', role: 'group', 'aria-label': 'Order and number of rows' }),
        h('p', { class: 'buttons' },
          h('button', { type: 'submit', class: 'primary' }, 'Run'),
          h('button', { type: 'button', id: 'add-filter', onclick: () => {
            const one = member(state.dimensions[0]) ?? [...members.values()].find((each) => each.kind === 'dimensions');
            if (!one) return;
            state.filters.push({ member: one.name, operator: Object.keys(operators[one.type] ?? operators.string)[0], text: '', from: '', to: '' });
            drawFilters();
            focusFilter(state.filters.length - 1, 0);
          } }, 'Add a filter'),
          h('button', { type: 'button', onclick: () => { state = nothing(); drawForm(); } }, 'Clear'),
          h('span', { id: 'facts', class: 'facts', role: 'status' })),
        h('p', { id: 'wrong', class: 'problem', role: 'alert', hidden: true }),
        h('div', { id: 'answer', hidden: true },
          h('section', { id: 'chart', class: 'panel', 'aria-labelledby': 'chart-title' },
            h('div', { class: 'head' }, h('h2', { id: 'chart-title' }, 'Chart'), h('div', { class: 'tools' }, h('span', {}, h('label', { class: 'unseen', for: 'chart-measure' }, 'Measure of the chart'), chartMeasure), chartTable)),
            h('p', { id: 'chart-note', class: 'note' }), plot.element),
          h('section', { class: 'panel', 'aria-labelledby': 'rows-title' }, h('div', { class: 'head' }, h('h2', { id: 'rows-title' }, 'Rows')), h('div', { id: 'rows' })),
          h('section', { class: 'panel', 'aria-labelledby': 'sql-title' }, h('div', { class: 'head' }, h('h2', { id: 'sql-title' }, 'SQL'), copy('sql-text', 'SQL')),
            h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'SQL of the engine' }, h('code', { id: 'sql-text' })), h('div', { id: 'sql-parameters' })),
          h('section', { class: 'panel', 'aria-labelledby': 'query-title' }, h('div', { class: 'head' }, h('h2', { id: 'query-title' }, 'Query'), copy('query-text', 'query')),
            h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'Query of Cube’s API' }, h('code', { id: 'query-text' })))))));
  drawForm();
  asked = compose();
}

// Only where the browser lets a page write to the clipboard.
const copy = (id, what) => (navigator.clipboard ? h('button', { type: 'button', class: 'quiet', onclick: async (event) => {
  const button = event.currentTarget;
  await navigator.clipboard.writeText(byId(id).textContent).then(() => { button.firstChild.textContent = 'Copied'; }, () => { button.firstChild.textContent = 'Not copied'; });
  setTimeout(() => { button.firstChild.textContent = 'Copy'; }, 2000);
} }, 'Copy', h('span', { class: 'unseen' }, ` the ${what}`)) : null);

/** Runs the query anew. What is wrong with the query itself is said beside it. */
export async function refresh() {
  const own = ++turn;
  const wrong = byId('wrong');
  const query = asked;
  if (query.measures.length + query.dimensions.length + (query.timeDimensions?.filter((one) => one.granularity).length ?? 0) === 0) {
    wrong.hidden = false;
    wrong.textContent = 'Choose a measure or a dimension.';
    byId('answer').hidden = true;
    fill(byId('facts'));
    return null;
  }
  try {
    const started = performance.now();
    const result = await load(query);
    const milliseconds = performance.now() - started;
    const text = await sql(query);
    if (own !== turn) return null;
    wrong.hidden = true;
    drawAnswer(result, text, query, milliseconds);
    return `New data: the query was run again, ${byId('facts').textContent}.`;
  } catch (error) {
    if (!(error.status >= 400 && error.status < 500)) throw error;
    if (own !== turn) return null;
    wrong.hidden = false;
    wrong.textContent = (error.response?.error ?? error.message).replace(/^Error: /, '');
    byId('answer').hidden = true;
    fill(byId('facts'));
    return null;
  }
}
