// Elements from data. Texts only ever become text.

/** Makes an element: properties by name ("class", "on…" for events, "aria-…" and "data-…" for attributes), then children. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role' || name === 'for' || name === 'list') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Replaces what is in an element. */
export const fill = (element, ...children) => element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));

let last = 0;
export const newId = (prefix) => `${prefix}-${++last}`;

/** A table: columns { title, isNumber }, rows of texts. */
export function table(caption, columns, rows, isCaptionShown = false) {
  return h('table', {},
    h('caption', { class: isCaptionShown ? '' : 'unseen' }, caption),
    h('thead', {}, h('tr', {}, columns.map((column) => h('th', { scope: 'col', class: column.isNumber ? 'number' : '' }, column.title)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, i) => (i === 0 && !columns[0].isNumber
      ? h('th', { scope: 'row' }, cell)
      : h('td', { class: columns[i].isNumber ? 'number' : '' }, cell)))))));
}
