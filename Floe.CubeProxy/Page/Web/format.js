// Values as people read them: by the format that the model gives a member, in the browser's language. Numbers come as texts and stay exact.

const specifier = /^(?:.?[<>=^])?([+\-( ])?([$#])?0?\d*(,)?(?:\.(\d+))?(~)?([a-zA-Z%])?$/;
const kept = new Map();

function numberFormat(key, options) {
  if (!kept.has(key)) kept.set(key, new Intl.NumberFormat(undefined, options));
  return kept.get(key);
}

/** What Intl needs for a member's format (a name of Cube's, or a specifier of d3-format). */
function optionsOf(member) {
  const given = member?.format;
  const description = member?.formatDescription?.specifier ?? (typeof given === 'object' ? given?.value : given);
  if (given === 'currency') return { style: 'currency', currency: member.currency ?? 'USD', minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const parts = specifier.exec(description ?? '');
  if (!description || !parts) return { maximumFractionDigits: 2 };
  const [, , symbol, grouped, precision, trimmed, type] = parts;
  const digits = precision === undefined ? (type === 'd' ? 0 : 2) : Number(precision);
  const options = { useGrouping: Boolean(grouped), maximumFractionDigits: digits, minimumFractionDigits: trimmed || precision === undefined ? 0 : digits };
  if (symbol === '$') Object.assign(options, { style: 'currency', currency: member.currency ?? 'USD' });
  if (type === '%') options.style = 'percent';
  if (type === 's') Object.assign(options, { notation: 'compact' });
  return options;
}

/** A number of a member; null is a dash. */
export function number(value, member) {
  if (value === null || value === undefined) return '–';
  const key = `${member?.name}|${JSON.stringify(member?.format)}|${member?.currency}`;
  return numberFormat(key, optionsOf(member)).format(value);
}

/** A number in little room: 1.2M. */
export function short(value, member) {
  const options = optionsOf(member);
  const currency = options.style === 'currency' ? { style: 'currency', currency: options.currency } : options.style === 'percent' ? { style: 'percent' } : {};
  return numberFormat(`short|${member?.name}|${member?.currency}`, { ...currency, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }).format(value);
}

/** Money without cents. */
export const whole = (value, member) => (value === null || value === undefined ? '–'
  : numberFormat(`whole|${member?.name}|${member?.currency}`, { ...optionsOf(member), minimumFractionDigits: 0, maximumFractionDigits: 0 }).format(value));

export const count = (value) => numberFormat('count', {}).format(value);

export const percent = (part, all) => (all > 0 ? numberFormat('percent', { style: 'percent', maximumFractionDigits: 1 }).format(part / all) : '–');

const dates = new Map();
const dateFormat = (key, options) => {
  if (!dates.has(key)) dates.set(key, new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', ...options }));
  return dates.get(key);
};

// The API's times have no zone: they are those of the query, which is UTC here.
const parse = (value) => new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`);

const forms = {
  second: { dateStyle: 'medium', timeStyle: 'medium' },
  minute: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { dateStyle: 'medium', timeStyle: 'short' },
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
};

/** A time by granularity; without one the whole of it. */
export function time(value, granularity) {
  if (value === null || value === undefined) return '–';
  const date = parse(value);
  if (Number.isNaN(date.getTime())) return String(value);
  if (granularity === 'quarter') return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${date.getUTCFullYear()}`;
  const form = Object.hasOwn(forms, granularity ?? '') ? granularity : 'second';
  return dateFormat(form, forms[form]).format(date);
}

/** Hours, minutes and seconds of now, here. */
export const clock = (date) => dateFormat('clock', { timeStyle: 'medium', timeZone: undefined }).format(date);

/** How long ago: 1.2 s, 4 min, 3 h. */
export function ago(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Any cell by its member. */
export function cell(value, member, granularity) {
  if (value === null || value === undefined) return '–';
  if (member?.type === 'number') return number(value, member);
  if (member?.type === 'time') return time(value, granularity);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
