// Charts by Chart.js, with what a canvas lacks: a table of the same numbers, a way through the points by keys, and words for both.
/* global Chart */
import { h, newId, table } from './dom.js';

const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [4, 2], [1, 2], [9, 2, 1, 2, 1, 2]];
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross', 'crossRot', 'rectRounded'];
export const mostSeries = dashes.length;

const plots = new Set();

// A colour of the style sheet as the browser understands it now, light or dark.
function colour(name) {
  const probe = h('span', { class: 'unseen' });
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const faded = (rgb, alpha) => rgb.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+).*$/, `rgba($1,$2,$3,${alpha})`);

Chart.defaults.animation = isStill ? false : { duration: 350 };
Chart.defaults.responsive = true;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.font.family = getComputedStyle(document.documentElement).getPropertyValue('--sans');
Chart.defaults.font.size = 12.5;

// The value at a bar's end.
const endLabels = {
  id: 'endLabels',
  afterDatasetsDraw(chart, _, { format, ink }) {
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = ink;
    ctx.font = `500 12.5px ${Chart.defaults.font.family}`;
    ctx.textBaseline = 'middle';
    chart.getDatasetMeta(0).data.forEach((bar, i) => {
      const value = chart.data.datasets[0].data[i];
      if (value !== null) ctx.fillText(format(value, i), Math.max(bar.x, bar.base) + 7, bar.y + 0.5);
    });
    ctx.restore();
  },
};

/**
 * A chart in its place. Specification: kind (columns, line or bars), labels, series [{ name, values }], format (a value in words), brief (a value on the
 * axis), title (what it shows), open (true: the last period is not over).
 */
export class Plot {
  #chart = null;
  #specification = null;
  #at = -1;

  constructor() {
    this.#canvas = h('canvas');
    this.#says = h('p', { class: 'unseen', role: 'status' });
    const hint = h('span', { class: 'unseen', id: newId('hint') }, 'Left and right arrow keys go from value to value. The same numbers are in the table that follows.');
    this.#frame = h('div', { class: 'canvas', tabIndex: 0, role: 'img', 'aria-describedby': hint.id, onkeydown: (event) => this.#step(event), onblur: () => this.#leave() }, this.#canvas);
    this.#numbers = h('div', { class: 'numbers unseen' });
    this.element = h('div', { class: 'plot' }, this.#frame, hint, this.#says, this.#numbers);
    plots.add(this);
  }

  #canvas;
  #frame;
  #says;
  #numbers;

  /** The table in the chart's place, or beside it for those who read by ear. */
  showTable(isShown) {
    this.#frame.hidden = isShown;
    this.#numbers.classList.toggle('unseen', !isShown);
    if (!isShown) this.#chart?.resize();
  }

  draw(specification) {
    this.#specification = specification;
    const { title, labels, series, format } = specification;
    const largest = series.flatMap((one) => one.values.map((value, i) => ({ value, i, name: one.name }))).reduce((best, one) => (best === null || one.value > best.value ? one : best), null);
    this.#frame.setAttribute('aria-label', `Chart: ${title}. ${labels.length} values${series.length > 1 ? ` of ${series.length} series` : ''}${largest ? `, the highest ${format(largest.value, largest.i)} for ${labels[largest.i]}${series.length > 1 ? `, ${largest.name}` : ''}` : ''}.`);
    this.#numbers.replaceChildren(table(title, [{ title: specification.axis ?? '' }, ...series.map((one) => ({ title: one.name, isNumber: true }))],
      labels.map((label, i) => [label, ...series.map((one) => (one.values[i] === null ? '–' : format(one.values[i], i)))])));
    this.#render();
  }

  redraw() {
    if (this.#specification) this.#render();
  }

  dispose() {
    this.#chart?.destroy();
    plots.delete(this);
  }

  #render() {
    const { kind, labels, series, format, brief, open } = this.#specification;
    const [ink, muted, line, paper] = ['ink', 'muted', 'line', 'card'].map(colour);
    const [isBars, isLine] = [kind === 'bars', kind === 'line'];
    if (isBars) this.#frame.style.height = `${labels.length * 34 + (series.length > 1 ? 70 : 8)}px`;
    else this.#frame.style.removeProperty('height');
    const datasets = series.map((one, i) => {
      const own = colour(`series-${(i % mostSeries) + 1}`);
      const isOpen = (index) => open && index === labels.length - 1;
      return isLine ? {
        label: one.name, data: one.values, borderColor: own, backgroundColor: series.length === 1 ? faded(own, 0.1) : own, fill: series.length === 1,
        borderWidth: 2, borderDash: dashes[i % mostSeries], pointStyle: shapes[i % mostSeries], pointRadius: labels.length > 60 ? 0 : 3, pointHoverRadius: 5, pointBackgroundColor: own, spanGaps: true,
      } : {
        label: one.name, data: one.values, backgroundColor: one.values.map((_, index) => (isOpen(index) ? faded(own, 0.25) : own)), borderColor: own,
        borderWidth: one.values.map((_, index) => (isOpen(index) ? 1 : 0)), borderRadius: 2, maxBarThickness: isBars ? 18 : 44, categoryPercentage: 0.8, barPercentage: 0.92,
      };
    });
    const hasLabels = isBars && series.length === 1;
    // Without an axis the longest bar needs no round number to end at.
    const end = hasLabels ? Math.max(0, ...series[0].values) || undefined : undefined;
    const values = { beginAtZero: true, max: end, border: { display: false }, grid: { color: line, drawTicks: false }, ticks: { color: muted, padding: 8, maxTicksLimit: 6, callback: (value) => brief(value) }, display: !hasLabels };
    // Long names are cut here rather than by the canvas' edge.
    const wide = isBars ? Math.min(this.#widthOf(labels), Math.max(90, this.#frame.clientWidth * 0.42)) : 0;
    const names = { border: { color: line }, grid: { display: false }, ticks: { color: isBars ? ink : muted, padding: 6, maxRotation: 0, autoSkip: !isBars, autoSkipPadding: 14, ...(isBars ? { callback: (_, i) => this.#cut(labels[i], wide - 12) } : {}) }, ...(isBars ? { afterFit: (scale) => { scale.width = wide; } } : {}) };
    const room = hasLabels ? this.#widthOf(series[0].values.map((value, i) => (value === null ? '' : format(value, i)))) : 0;
    const settings = {
      type: isLine ? 'line' : 'bar',
      data: { labels, datasets },
      plugins: hasLabels ? [endLabels] : [],
      options: {
        indexAxis: isBars ? 'y' : 'x',
        interaction: { mode: 'index', axis: isBars ? 'y' : 'x', intersect: false },
        layout: { padding: { right: room } },
        scales: isBars ? { x: values, y: names } : { x: names, y: values },
        plugins: {
          endLabels: { format, ink },
          legend: { display: series.length > 1, position: 'bottom', align: 'start', labels: { color: ink, usePointStyle: true, pointStyleWidth: 26, boxHeight: 6, padding: 14 } },
          tooltip: { backgroundColor: ink, titleColor: paper, bodyColor: paper, padding: 10, cornerRadius: 4, displayColors: series.length > 1, usePointStyle: true, callbacks: { label: (item) => `${series.length > 1 ? `${item.dataset.label}: ` : ''}${format(item.raw, item.dataIndex)}` } },
        },
      },
    };
    this.#chart?.destroy();
    this.#chart = new Chart(this.#canvas, settings);
  }

  #widthOf(texts) {
    const ctx = this.#canvas.getContext('2d');
    ctx.font = `500 12.5px ${Chart.defaults.font.family}`;
    return Math.ceil(Math.max(0, ...texts.map((text) => ctx.measureText(text).width))) + 12;
  }

  #cut(text, width) {
    const ctx = this.#canvas.getContext('2d');
    ctx.font = `500 12.5px ${Chart.defaults.font.family}`;
    if (ctx.measureText(text).width <= width) return text;
    let end = text.length;
    while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > width) end--;
    return `${text.slice(0, end)}…`;
  }

  #step(event) {
    const { labels, series, format } = this.#specification ?? {};
    if (!labels?.length) return;
    const to = { ArrowRight: this.#at + 1, ArrowDown: this.#at + 1, ArrowLeft: this.#at - 1, ArrowUp: this.#at - 1, Home: 0, End: labels.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#at = Math.min(labels.length - 1, Math.max(0, to));
    const active = series.map((_, datasetIndex) => ({ datasetIndex, index: this.#at }));
    this.#chart.setActiveElements(active);
    this.#chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    this.#chart.update('none');
    this.#says.textContent = `${labels[this.#at]}: ${series.map((one) => `${series.length > 1 ? `${one.name} ` : ''}${one.values[this.#at] === null ? 'nothing' : format(one.values[this.#at], this.#at)}`).join(', ')}`;
  }

  #leave() {
    this.#at = -1;
    this.#chart?.setActiveElements([]);
    this.#chart?.tooltip.setActiveElements([], { x: 0, y: 0 });
    this.#chart?.update('none');
  }
}

document.documentElement.addEventListener('theme', () => { for (const plot of plots) plot.redraw(); });
