// The lineage page: tables, models and cubes with the jobs between them, from Marquez' own API, kept up by the server's events.
/* global cytoscape, dagre */

const api = async (path) => {
  const answer = await fetch(`api/v1/${path}`, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};
const element = (id) => document.getElementById(id);
const idOf = (kind, ref) => `${kind}:${ref.namespace}:${ref.name}`;
const fieldId = (ref, field) => `${idOf('dataset', ref)}:${field}`;
const number = new Intl.NumberFormat();

let datasets = new Map();
let jobs = new Map();
let chosen = null; // id of a node
let column = null; // { dataset, field }
let shape = '';
let drawn = null;

// ---- what there is -------------------------------------------------------------------------------------------------------------------

async function load() {
  const { namespaces } = await api('namespaces?limit=1000');
  const [{ jobs: allJobs }, ...lists] = await Promise.all([
    api('jobs?limit=1000'),
    ...namespaces.map((ns) => api(`namespaces/${encodeURIComponent(ns.name)}/datasets?limit=1000`)),
  ]);
  jobs = new Map(allJobs.map((job) => [idOf('job', job.id), job]));
  datasets = new Map(lists.flatMap((list) => list.datasets).map((dataset) => [idOf('dataset', dataset.id), dataset]));
}

const kindOf = (dataset) => (dataset.namespace === 'cube' ? 'cube' : dataset.namespace === 'dbt' ? 'model' : 'table');
const isTest = (job) => job.facets?.jobType?.jobType === 'TEST';
// Jobs that only hold others together have no datasets of their own and are told of in their parts.
const isShown = (job) => (job.inputs.length + job.outputs.length > 0) && (!isTest(job) || element('show-tests').checked);

// Names in two lines, so that the flow has room: the namespace over the name.
function dataNode(id, dataset) {
  const label = kindOf(dataset) === 'model' ? dataset.name.split('.').pop() : dataset.name;
  return { id, label, text: label.replace('.', '\n'), kind: kindOf(dataset) };
}

/** Nodes and edges; without the models in between their neighbours are joined. */
function model() {
  const nodes = [];
  const edges = [];
  const hidden = new Set();
  for (const [id, dataset] of datasets) {
    if (kindOf(dataset) === 'model' && !element('show-staging').checked) hidden.add(id);
    else nodes.push(dataNode(id, dataset));
  }
  const into = new Map();
  for (const [id, job] of jobs) {
    if (!isShown(job)) continue;
    for (const output of job.outputs) if (hidden.has(idOf('dataset', output))) into.set(idOf('dataset', output), [...(into.get(idOf('dataset', output)) ?? []), id]);
  }
  // What stands for an input that is not drawn: the inputs of the job that makes it.
  const standing = (input, seen = new Set()) => {
    if (!hidden.has(input) || seen.has(input)) return hidden.has(input) ? [] : [input];
    seen.add(input);
    return (into.get(input) ?? []).flatMap((job) => jobs.get(job).inputs).flatMap((of) => standing(idOf('dataset', of), seen));
  };
  for (const [id, job] of jobs) {
    if (!isShown(job)) continue;
    const outputs = job.outputs.map((output) => idOf('dataset', output));
    if (outputs.length > 0 && outputs.every((output) => hidden.has(output))) continue;
    // A job that makes one thing is a dot before it, and called by its name only when there is something to say.
    nodes.push({ id, label: job.name, kind: 'job', text: job.name, dot: job.outputs.length === 1 ? 'yes' : 'no', state: job.latestRun?.state ?? 'NEW' });
    for (const input of new Set(job.inputs.flatMap((of) => standing(idOf('dataset', of))))) edges.push({ id: `${input}>${id}`, source: input, target: id });
    for (const output of outputs) if (!hidden.has(output)) edges.push({ id: `${id}>${output}`, source: id, target: output });
  }
  const known = new Set(nodes.map((node) => node.id));
  return { nodes, edges: edges.filter((edge) => known.has(edge.source) && known.has(edge.target)) };
}

// ---- the drawing ---------------------------------------------------------------------------------------------------------------------

const longest = (text) => Math.max(...text.split('\n').map((line) => line.length));
const widthOf = (node) => (node.dot === 'yes' ? 18 : Math.max(80, longest(node.text) * 8.1 + 20));
const heightOf = (node) => (node.dot === 'yes' ? 18 : node.kind === 'job' ? 30 : node.text.includes('\n') ? 50 : 38);

function place({ nodes, edges }) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 34, ranksep: 26, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node), height: heightOf(node) });
  for (const edge of edges) graph.setEdge(edge.source, edge.target);
  dagre.layout(graph);
  return new Map(nodes.map((node) => [node.id, graph.node(node.id)]));
}

function look() {
    // Cytoscape knows no light-dark(): what the browser makes of a colour is read from an element that has it.
  const probe = document.body.appendChild(document.createElement('i'));
  const colour = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const c = Object.fromEntries(['back', 'card', 'line', 'text', 'faint', 'table', 'model', 'cube', 'job', 'good', 'bad', 'busy', 'path'].map((name) => [name, colour(name)]));
  probe.remove();
  const font = getComputedStyle(document.body).fontFamily;
  return [
    { selector: 'node', style: { label: 'data(text)', width: 'data(width)', height: 'data(height)', shape: 'round-rectangle', 'font-size': 14, 'line-height': 1.15, 'font-family': font, color: c.text, 'text-wrap': 'wrap', 'text-valign': 'center', 'text-halign': 'center', 'background-color': c.card, 'border-width': 2 } },
    { selector: 'node[kind="table"]', style: { 'border-color': c.table } },
    { selector: 'node[kind="model"]', style: { 'border-color': c.model, 'border-style': 'dashed' } },
    { selector: 'node[kind="cube"]', style: { 'border-color': c.cube, 'border-width': 3, 'font-weight': 'bold' } },
    { selector: 'node[kind="job"]', style: { 'corner-radius': 15, 'border-color': c.good, 'background-color': c.back, color: c.faint } },
    { selector: 'node[state="RUNNING"]', style: { 'border-color': c.busy, 'border-width': 4, color: c.busy } },
    { selector: 'node[state="FAILED"]', style: { 'border-color': c.bad, 'border-width': 4, color: c.bad } },
    { selector: 'node[state="ABORTED"], node[state="NEW"]', style: { 'border-color': c.job, 'border-style': 'dashed' } },
    { selector: 'node[dot="yes"]', style: { shape: 'ellipse', label: '', 'background-color': c.good, 'border-width': 0, 'text-valign': 'bottom', 'text-margin-y': 4, 'font-size': 12, 'text-background-color': c.back, 'text-background-opacity': 0.8 } },
    { selector: 'node[dot="yes"][state="RUNNING"]', style: { label: 'data(text)', 'background-color': c.busy, 'border-width': 5, 'border-opacity': 0.4 } },
    { selector: 'node[dot="yes"][state="FAILED"]', style: { label: 'data(text)', 'background-color': c.bad, 'border-width': 5, 'border-opacity': 0.4 } },
    { selector: 'node[dot="yes"][state="ABORTED"], node[dot="yes"][state="NEW"]', style: { 'background-color': c.job } },
    { selector: 'node[dot="yes"].chosen, node[dot="yes"].near', style: { label: 'data(text)', color: c.text } },
    { selector: 'edge', style: { width: 1.5, 'curve-style': 'bezier', 'line-color': c.line, 'target-arrow-color': c.line, 'target-arrow-shape': 'triangle', 'arrow-scale': 0.9 } },
    { selector: '.off', style: { opacity: 0.22 } },
    { selector: 'node.on', style: { 'border-color': c.path } },
    { selector: 'node[dot="yes"].on', style: { 'background-color': c.path } },
    { selector: 'edge.on', style: { width: 3, 'line-color': c.path, 'target-arrow-color': c.path } },
    { selector: 'node.chosen', style: { 'outline-width': 4, 'outline-color': c.path, 'outline-offset': 2, 'outline-opacity': 0.7 } },
  ];
}

function draw(reset) {
  const graph = model();
  const now = JSON.stringify([graph.nodes.map((n) => n.id), graph.edges.map((e) => e.id)]);
  if (!drawn) {
    drawn = cytoscape({ container: element('graph'), style: look(), minZoom: 0.15, maxZoom: 2.5, boxSelectionEnabled: false, autounselectify: true });
    drawn.on('tap', 'node', (event) => choose(event.target.id()));
    drawn.on('resize', () => drawn.fit(undefined, 24));
    drawn.on('mouseover', 'node', (event) => event.target.addClass('near'));
    drawn.on('mouseout', 'node', (event) => event.target.removeClass('near'));
    drawn.on('tap', (event) => { if (event.target === drawn) choose(null); });
    window.floe = { drawn, choose, chooseColumn, state: () => ({ chosen, column }) };
  }
  if (now !== shape || reset) {
    shape = now;
    const places = place(graph);
    drawn.batch(() => {
      drawn.elements().remove();
      drawn.add(graph.nodes.map((node) => ({ data: { ...node, width: widthOf(node), height: heightOf(node) }, position: { x: places.get(node.id).x, y: places.get(node.id).y }, grabbable: false })));
      drawn.add(graph.edges.map((edge) => ({ data: edge })));
    });
    drawn.fit(undefined, 24);
  } else {
    drawn.batch(() => graph.nodes.filter((node) => node.kind === 'job').forEach((node) => drawn.getElementById(node.id).data('state', node.state)));
  }
  element('names').replaceChildren(...[...graph.nodes.map((node) => node.label), ...[...datasets.values()].flatMap((d) => d.fields.map((f) => `${d.name}.${f.name}`))]
    .map((name) => Object.assign(document.createElement('option'), { value: name })));
  mark();
}

// ---- a column's path -----------------------------------------------------------------------------------------------------------------

/** Every column that a column comes from, or that comes from it. */
function pathOf(start) {
  const up = new Map();
  const down = new Map();
  const add = (map, from, to) => map.set(from, (map.get(from) ?? new Set()).add(to));
  for (const dataset of datasets.values()) {
    for (const [field, lineage] of Object.entries(dataset.facets?.columnLineage?.fields ?? {})) {
      for (const input of lineage.inputFields ?? []) {
        // A column that only decides which rows there are does not hand its values on.
        if ((input.transformations ?? []).length > 0 && input.transformations.every((t) => t.type === 'INDIRECT')) continue;
        add(up, fieldId(dataset.id, field), fieldId(input, input.field));
        add(down, fieldId(input, input.field), fieldId(dataset.id, field));
      }
    }
  }
  const reach = (map) => {
    const seen = new Set([start]);
    for (const at of seen) for (const next of map.get(at) ?? []) seen.add(next);
    return seen;
  };
  return { up: reach(up), down: reach(down) };
}

function mark() {
  drawn.elements().removeClass('on off chosen');
  if (column) {
    const { up, down } = pathOf(fieldId(datasets.get(column.dataset).id, column.field));
    const fields = new Set([...up, ...down]);
    const on = new Set([...datasets].filter(([, d]) => d.fields.some((f) => fields.has(fieldId(d.id, f.name)))).map(([id]) => id));
    for (const job of jobs.values()) {
      const carries = job.inputs.some((i) => on.has(idOf('dataset', i))) && job.outputs.some((o) => on.has(idOf('dataset', o)));
      if (carries || job.outputs.some((o) => on.has(idOf('dataset', o)) && job.inputs.length === 0)) on.add(idOf('job', job.id));
    }
    drawn.nodes().forEach((node) => node.addClass(on.has(node.id()) ? 'on' : 'off'));
    drawn.edges().forEach((edge) => edge.addClass(on.has(edge.data('source')) && on.has(edge.data('target')) ? 'on' : 'off'));
  } else if (chosen) {
    const node = drawn.getElementById(chosen);
    const near = node.union(node.predecessors()).union(node.successors());
    drawn.elements().not(near).addClass('off');
  }
  if (chosen) drawn.getElementById(chosen).addClass('chosen');
}

// ---- details -------------------------------------------------------------------------------------------------------------------------

function tag(name, content, more) {
  const node = Object.assign(document.createElement(name), more ?? {});
  node.append(...(Array.isArray(content) ? content : [content ?? '']));
  return node;
}

const time = (text) => (text ? new Date(text).toLocaleTimeString() : '');
const took = (ms) => (ms == null ? '' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
const rowsOf = (run) => (run.outputDatasetVersions ?? []).map((v) => v.facets?.outputStatistics?.rowCount).filter((n) => n != null);

function table(heads, rows) {
  return tag('table', [
    tag('thead', tag('tr', heads.map((h) => tag('th', h.trim(), { scope: 'col', className: h.startsWith(' ') ? 'number' : '' })))),
    tag('tbody', rows.map((row) => tag('tr', row.map((cell, i) => (cell instanceof HTMLTableCellElement ? cell : tag('td', cell, { className: heads[i].startsWith(' ') ? 'number' : '' })))))),
  ]);
}

function runTable(runs) {
  const rows = runs.map((run) => [
    tag('span', run.state.toLowerCase(), { className: run.state }), time(run.startedAt), took(run.durationMs), rowsOf(run).map((n) => number.format(n)).join(' + '),
  ]);
  return table(['state', 'began', ' took', ' rows'], rows);
}

async function describeJob(job) {
  const { runs } = await api(`namespaces/${encodeURIComponent(job.namespace)}/jobs/${encodeURIComponent(job.name)}/runs?limit=15`);
  const latest = runs[0];
  const parts = [
    tag('p', `Job of kind ${(job.facets?.jobType?.jobType ?? 'job').toLowerCase()}${job.parentJobName ? `, part of ${job.parentJobName}` : ''}`, { className: 'faint' }),
  ];
  if (job.description) parts.push(tag('p', job.description));
  const error = latest?.facets?.errorMessage?.message;
  if (error) parts.push(tag('p', error, { className: latest.state === 'FAILED' ? 'error' : 'faint' }));
  const trace = latest?.facets?.floe_trace?.traceId;
  if (latest) parts.push(tag('p', [`Last run ${latest.state.toLowerCase()}${latest.durationMs == null ? '' : ` in ${took(latest.durationMs)}`}`, ...(trace ? [`, trace ${trace}`] : [])]));
  parts.push(tag('h3', 'Runs'), runTable(runs));
  const links = (refs) => tag('p', refs.flatMap((ref, i) => [i ? ', ' : '', link(ref)]));
  if (job.inputs.length) parts.push(tag('h3', 'Reads'), links(job.inputs));
  if (job.outputs.length) parts.push(tag('h3', 'Writes'), links(job.outputs));
  if (job.facets?.sql?.query) parts.push(tag('h3', 'SQL'), tag('pre', job.facets.sql.query, { tabIndex: 0 }));
  return parts;
}

const link = (ref) => tag('button', ref.name, { type: 'button', className: 'column', onclick: () => choose(idOf('dataset', ref)) });

async function describeDataset(dataset) {
  const ns = encodeURIComponent(dataset.namespace);
  const { versions } = await api(`namespaces/${ns}/datasets/${encodeURIComponent(dataset.name)}/versions?limit=15`);
  const written = versions.filter((version) => version.createdByRun);
  const latest = written[0]?.createdByRun;
  const mine = (run) => run?.outputDatasetVersions?.find((v) => v.datasetVersionId.name === dataset.name && v.datasetVersionId.namespace === dataset.namespace)?.facets?.outputStatistics;
  const total = dataset.facets?.floe_icebergSnapshot?.summary?.['total-records'];
  const parts = [tag('p', `${{ table: 'Table of', model: 'Model in', cube: 'Cube in' }[kindOf(dataset)]} ${dataset.namespace}`, { className: 'faint' })];
  if (dataset.description) parts.push(tag('p', dataset.description));
  if (total != null) parts.push(tag('p', `${number.format(total)} rows, snapshot ${dataset.facets.floe_icebergSnapshot.snapshotId}`));
  if (latest) parts.push(tag('p', [`Last written by ${latest.job.name}, `, tag('span', latest.state.toLowerCase(), { className: latest.state }), latest.durationMs == null ? '' : ` in ${took(latest.durationMs)}`]));
  parts.push(tag('h3', 'Columns'), table(['name', 'type'], dataset.fields.map((field) => [
    tag('button', field.name, {
      type: 'button', className: 'column', title: field.description ?? '', ariaPressed: String(column?.dataset === idOf('dataset', dataset.id) && column.field === field.name),
      onclick: () => chooseColumn(idOf('dataset', dataset.id), field.name),
    }), field.type ?? ''])));
  if (column?.dataset === idOf('dataset', dataset.id)) {
    const { up, down } = pathOf(fieldId(dataset.id, column.field));
    const say = (ids) => [...ids].slice(1).map((id) => id.replace(/^dataset:[^:]*:/, '').replace(/:([^:]*)$/, '.$1'));
    parts.push(tag('h3', `${column.field} comes from`), tag('p', say(up).join(', ') || 'no column that is known'), tag('h3', 'and goes to'), tag('p', say(down).join(', ') || 'nowhere'));
  }
  const asked = [...jobs.values()].filter(isTest).flatMap((job) => job.facets ? [job] : []);
  for (const job of asked) {
    const results = await assertions(job, dataset);
    if (results.length) parts.push(tag('h3', 'Data tests'), table(['test', 'column', 'result'], results.map((a) => [a.assertion, a.column ?? '', tag('span', a.success ? 'passed' : `failed (${a.actual ?? ''})`, { className: a.success ? 'COMPLETED' : 'FAILED' })])));
  }
  if (written.length) {
    parts.push(tag('h3', 'Written'), table(['by', 'began', ' took', ' rows'], written.map(({ createdByRun: run }) => [
      tag('span', run.job.name, { className: run.state }), time(run.startedAt), took(run.durationMs), mine(run)?.rowCount == null ? '' : number.format(mine(run).rowCount)])));
  }
  return parts;
}

async function assertions(job, dataset) {
  const run = job.latestRun;
  return run?.inputDatasetVersions?.find((v) => v.datasetVersionId.name === dataset.name && v.datasetVersionId.namespace === dataset.namespace)?.facets?.dataQualityAssertions?.assertions ?? [];
}

let asking = 0;
async function describe() {
  const mine = ++asking;
  const box = element('detail');
  const thing = jobs.get(chosen) ?? datasets.get(chosen);
  box.hidden = !thing;
  document.querySelector('main').classList.toggle('open', !!thing);
  drawn.resize();
  box.setAttribute('aria-busy', String(!!thing));
  if (!thing) return;
  const parts = await (jobs.has(chosen) ? describeJob(thing) : describeDataset(thing));
  if (mine !== asking) return;
  const focused = box.contains(document.activeElement) ? document.activeElement.textContent : null;
  box.replaceChildren(tag('button', '✕', { type: 'button', className: 'close', ariaLabel: 'Close', onclick: () => { choose(null); element('graph').focus(); } }), tag('h2', thing.name), ...parts);
  if (focused) [...box.querySelectorAll('button')].find((b) => b.textContent === focused)?.focus();
  box.setAttribute('aria-busy', 'false');
}

function choose(id) {
  [chosen, column] = [id, null];
  history.replaceState(null, '', id ? `#${encodeURIComponent(id)}` : location.pathname);
  mark();
  return describe();
}

function chooseColumn(dataset, field) {
  column = column?.dataset === dataset && column.field === field ? null : { dataset, field };
  chosen = dataset;
  mark();
  return describe().then(() => { if (column) drawn.animate({ fit: { eles: drawn.nodes('.on'), padding: 40 }, duration: still() }); });
}

// ---- keys, search, events ------------------------------------------------------------------------------------------------------------

const still = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150);

function step(key) {
  const nodes = drawn.nodes().toArray();
  if (nodes.length === 0) return;
  const at = chosen && drawn.getElementById(chosen).nonempty() ? drawn.getElementById(chosen) : null;
  if (!at) return choose(nodes.reduce((a, b) => (a.position().x + a.position().y < b.position().x + b.position().y ? a : b)).id());
  const near = { ArrowRight: () => at.outgoers('node').toArray(), ArrowLeft: () => at.incomers('node').toArray() }[key]?.()
    ?? nodes.filter((node) => Math.abs(node.position().x - at.position().x) < 120 && (key === 'ArrowDown' ? node.position().y > at.position().y : node.position().y < at.position().y));
  const next = near.sort((a, b) => Math.abs(a.position().y - at.position().y) - Math.abs(b.position().y - at.position().y))[0];
  if (next) { choose(next.id()); drawn.animate({ center: { eles: next }, duration: still() }); }
}

element('graph').addEventListener('keydown', (event) => {
  if (event.key.startsWith('Arrow')) step(event.key);
  else if (event.key === 'Enter' && chosen) (element('detail').querySelector('button.column') ?? element('detail').querySelector('button'))?.focus();
  else if (event.key === '+' || event.key === '-') drawn.zoom(drawn.zoom() * (event.key === '+' ? 1.2 : 1 / 1.2));
  else return;
  event.preventDefault();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') { choose(null); element('graph').focus(); }
});
element('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const wanted = element('find').value.trim().toLowerCase();
  if (!wanted) return;
  const node = drawn.nodes().toArray().find((n) => n.data('label').toLowerCase() === wanted) ?? drawn.nodes().toArray().find((n) => n.data('label').toLowerCase().includes(wanted));
  const field = [...datasets].flatMap(([id, d]) => d.fields.map((f) => [id, f.name, `${d.name}.${f.name}`.toLowerCase()])).find(([, , name]) => name === wanted);
  if (node) choose(node.id());
  else if (field) { choose(field[0]); chooseColumn(field[0], field[1]); }
  else { element('state').textContent = `Nothing is called '${wanted}'`; return; }
  element('graph').focus();
});
element('fit').addEventListener('click', () => drawn.fit(undefined, 24));
for (const id of ['show-staging', 'show-tests']) element(id).addEventListener('change', () => { if (chosen) choose(null); draw(true); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { drawn.style(look()); mark(); });

let loading = null;
let again = false;
function refresh() {
  if (loading) { again = true; return loading; }
  loading = (async () => {
    try {
      do {
        again = false;
        await load();
        draw(false);
        await describe();
      } while (again);
      const running = [...jobs.values()].filter((job) => job.latestRun?.state === 'RUNNING').map((job) => job.name);
      const failed = [...jobs.values()].filter((job) => job.latestRun?.state === 'FAILED').map((job) => job.name);
      element('state').textContent = datasets.size === 0 ? 'No events yet'
        : [running.length ? `running: ${running.join(', ')}` : `${datasets.size} datasets, ${jobs.size} jobs`, ...(failed.length ? [`failed: ${failed.join(', ')}`] : [])].join(' · ');
    } catch (error) {
      element('state').textContent = `The server does not answer (${error.message}); trying again`;
      setTimeout(refresh, 2000);
    } finally {
      loading = null;
    }
  })();
  return loading;
}

await refresh();
if (location.hash) choose(decodeURIComponent(location.hash.slice(1)));
// The stream says only that something changed; it begins anew by itself when the server was away.
const stream = new EventSource('events');
stream.onmessage = () => refresh();
stream.onopen = () => { document.body.dataset.live = 'true'; refresh(); };
