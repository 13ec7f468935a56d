// The numbers of the shop: each panel is a query of Cube's API and is there when the model has what it asks for.
import { load } from './access.js';
import { Plot } from './charts.js';
import { byId, fill, h, newId } from './dom.js';
import { cell, count, number, percent, short, time, whole } from './format.js';
import { now } from './freshness.js';

const day = 86_400_000;
const iso = (date) => date.toISOString().slice(0, 10);

const ranges = {
  month: { title: '30 days', granularity: 'day', from: (today) => new Date(today - 29 * day) },
  quarter: { title: '13 weeks', granularity: 'week', from: (today) => new Date(today - (12 * 7 + ((today.getUTCDay() + 6) % 7)) * day) },
  year: { title: '12 months', granularity: 'month', from: (today) => new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 11, 1)) },
  all: { title: 'All', granularity: 'month' },
};

let members = null;
let explore = null;
let again = null;
let range = 'year';
let measure = 'count';
let panels = [];
let before = null;
let turn = 0;

const has = (...names) => names.every((name) => members.has(name));
const member = (name) => members.get(name);

/** Whether the model is about orders. */
export const fits = (all) => ['Orders.count', 'Orders.order_date'].every((name) => all.has(name));

function period() {
  const today = new Date(iso(now()));
  const from = ranges[range].from?.(today);
  return from ? [iso(from), iso(today)] : undefined;
}

const during = (dimension, granularity) => {
  const dateRange = period();
  return dateRange || granularity ? [{ dimension, ...(granularity ? { granularity } : {}), ...(dateRange ? { dateRange } : {}) }] : [];
};

// Cancelled orders are no revenue.
const valid = () => (has('Orders.not_cancelled') ? ['Orders.not_cancelled'] : []);
const without = () => (has('Orders.not_cancelled') ? 'without cancelled orders' : 'all orders');
const inPeriod = () => (range === 'all' ? 'all time' : `last ${ranges[range].title}`);

/** Something to choose one of, as radio buttons in a row. */
function choice(legend, options, value, choose) {
  const name = newId('choice');
  return h('fieldset', { class: 'choice' }, h('legend', { class: 'unseen' }, legend),
    Object.entries(options).map(([key, title]) => h('label', {}, h('input', { type: 'radio', name, value: key, checked: key === value, onchange: () => choose(key) }), h('span', {}, title))));
}

// ---- panels ----------------------------------------------------------------------------------------------------------------------------

function panel({ title, note, query, draw, tools, size }) {
  const plot = new Plot();
  const id = newId('panel');
  const caption = h('p', { class: 'note' });
  const empty = h('p', { class: 'empty', hidden: true });
  const toggle = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => {
    const isTable = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(isTable));
    plot.showTable(isTable);
  } }, 'Table', h('span', { class: 'unseen' }, ` of ${title.toLowerCase()}`));
  const section = h('section', { class: `panel ${size ?? ''}`, 'aria-labelledby': id, 'aria-busy': 'true' },
    h('div', { class: 'head' }, h('h2', { id }, title), h('div', { class: 'tools' }, tools?.(), toggle,
      h('button', { type: 'button', class: 'quiet', onclick: () => explore(query()) }, 'Explore', h('span', { class: 'unseen' }, ` ${title.toLowerCase()}`)))),
    caption, plot.element, empty);
  return {
    section,
    async refresh(isCurrent) {
      const result = await load(query());
      if (!isCurrent()) return;
      const rows = result.rawData();
      caption.textContent = note();
      empty.hidden = rows.length > 0;
      plot.element.hidden = rows.length === 0;
      empty.textContent = `Nothing here: no orders in the ${inPeriod()}.`;
      if (rows.length > 0) plot.draw(draw(rows, result));
      section.setAttribute('aria-busy', 'false');
    },
    dispose: () => plot.dispose(),
  };
}

function overTime() {
  const measures = { count: 'Orders.count', revenue: 'Orders.total_revenue' };
  const asked = Object.values(measures).filter((name) => has(name));
  return panel({
    title: 'Orders over time', size: 'wide',
    note: () => `By ${ranges[range].granularity}, ${inPeriod()}, ${without()}. The last ${ranges[range].granularity} is not over.`,
    query: () => ({ measures: asked, segments: valid(), timeDimensions: during('Orders.order_date', ranges[range].granularity) }),
    tools: () => (asked.length > 1 ? choice('Show', { count: 'Orders', revenue: 'Revenue' }, measure, (key) => { measure = key; again(); }) : null),
    draw: (_, result) => {
      const name = has(measures[measure]) ? measures[measure] : measures.count;
      const granularity = ranges[range].granularity;
      // Periods without orders are there, too: Cube's client fills them.
      const points = result.chartPivot({ x: [`Orders.order_date.${granularity}`], y: ['measures'], fillMissingDates: true });
      return {
        kind: 'columns', open: true, axis: granularity[0].toUpperCase() + granularity.slice(1), title: `${member(name).shortTitle} by ${granularity}`,
        labels: points.map((point) => time(point.x, granularity)), series: [{ name: member(name).shortTitle, values: points.map((point) => Number(point[name] ?? 0)) }],
        format: (value) => number(value, member(name)), brief: (value) => short(value, member(name)),
      };
    },
  });
}

function byRegion() {
  return panel({
    title: 'Revenue by region', note: () => `${inPeriod()}, ${without()}`,
    query: () => ({ measures: ['Orders.total_revenue', 'Orders.count'], dimensions: ['Orders.region'], segments: valid(), timeDimensions: during('Orders.order_date'), order: [['Orders.total_revenue', 'desc']], limit: 12 }),
    draw: (rows) => bars(rows, 'Revenue by region', 'Orders.region', 'Orders.total_revenue', (value) => whole(value, member('Orders.total_revenue'))),
  });
}

function segments() {
  return panel({
    title: 'Customer segments', note: () => 'Customers by segment, all time',
    query: () => ({ measures: ['Customers.count'], dimensions: ['Customers.segment'], order: [['Customers.count', 'desc']], limit: 12 }),
    draw: (rows) => {
      const all = rows.reduce((sum, row) => sum + Number(row['Customers.count']), 0);
      return bars(rows, 'Customers by segment', 'Customers.segment', 'Customers.count', (value) => `${count(value)} · ${percent(value, all)}`);
    },
  });
}

function topProducts() {
  const isByName = has('OrderItems.product_name');
  const [name, date] = [isByName ? 'OrderItems.product_name' : 'Products.name', has('OrderItems.order_date') ? 'OrderItems.order_date' : 'Orders.order_date'];
  const filters = has('OrderItems.order_status') ? [{ member: 'OrderItems.order_status', operator: 'notEquals', values: ['cancelled'] }] : [];
  return panel({
    title: 'Top products', size: 'tall', note: () => `The ten with the most revenue, ${inPeriod()}${filters.length ? ', without cancelled orders' : ''}`,
    query: () => ({ measures: ['OrderItems.revenue', 'OrderItems.quantity'].filter((one) => has(one)), dimensions: [name], filters, timeDimensions: during(date), order: [['OrderItems.revenue', 'desc']], limit: 10 }),
    draw: (rows) => bars(rows, 'Revenue by product', name, 'OrderItems.revenue', (value) => whole(value, member('OrderItems.revenue'))),
  });
}

function bars(rows, title, by, of, format) {
  return {
    kind: 'bars', title, axis: member(by).shortTitle, labels: rows.map((row) => cell(row[by], member(by)).replaceAll('_', ' ')), series: [{ name: member(of).shortTitle, values: rows.map((row) => Number(row[of] ?? 0)) }],
    format, brief: (value) => short(value, member(of)),
  };
}

// ---- the four numbers ------------------------------------------------------------------------------------------------------------------

const figures = [
  { title: 'Orders', of: 'Orders.count', show: (value) => count(value) },
  { title: 'Revenue', of: 'Orders.total_revenue', show: (value) => whole(value, member('Orders.total_revenue')) },
  { title: 'Average order', of: 'Orders.average_order_value', show: (value) => number(value, member('Orders.average_order_value')) },
  { title: 'Delivered', of: 'Orders.completed_count', show: (value, row) => percent(Number(value), Number(row['Orders.count'])) },
];

async function refreshFigures(isCurrent) {
  const there = figures.filter((figure) => has(figure.of));
  const key = JSON.stringify(period() ?? []);
  const result = await load({ measures: there.map((figure) => figure.of), segments: valid(), timeDimensions: during('Orders.order_date') });
  if (!isCurrent()) return null;
  const row = result.rawData()[0] ?? {};
  const orders = Number(row['Orders.count'] ?? 0);
  const more = before?.key === key ? orders - before.orders : 0;
  fill(byId('figures'), there.map((figure) => h('div', {}, h('dt', {}, figure.title), h('dd', {}, figure.show(row[figure.of] ?? 0, row),
    figure.of === 'Orders.count' && more > 0 ? h('span', { class: 'more' }, `+${count(more)}`, h('span', { class: 'unseen' }, ' since the last batch')) : null))));
  before = { key, orders };
  return more !== 0 ? `New data: ${count(orders)} orders, ${count(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than before.` : 'New data: the numbers were read again.';
}

// ---- the view --------------------------------------------------------------------------------------------------------------------------

export function begin(all, onExplore, onChange) {
  [members, explore, again, before] = [all, onExplore, onChange, null];
  for (const old of panels) old.dispose();
  panels = [];
  if (!fits(all)) { fill(byId('shop')); return; }
  panels.push(overTime());
  if (has('Orders.total_revenue', 'Orders.region')) panels.push(byRegion());
  if (has('OrderItems.revenue') && (has('OrderItems.product_name') || has('Products.name'))) panels.push(topProducts());
  if (has('Customers.count', 'Customers.segment')) panels.push(segments());
  fill(byId('shop'),
    h('div', { class: 'title' }, h('h1', { id: 'shop-title' }, 'The shop'),
      choice('Period', Object.fromEntries(Object.entries(ranges).map(([key, one]) => [key, one.title])), range, (key) => { range = key; before = null; again(); })),
    h('dl', { id: 'figures', class: 'figures' }),
    h('div', { class: 'panels' }, panels.map((one) => one.section)));
}

/** Asks everything anew. @returns what changed, in words. */
export async function refresh() {
  const own = ++turn;
  const isCurrent = () => own === turn;
  const [change] = await Promise.all([refreshFigures(isCurrent), ...panels.map((one) => one.refresh(isCurrent))]);
  return change;
}
