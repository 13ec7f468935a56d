// Asks a running service with Cube's own client; prints what the client makes of the answers. Arguments: API address, token.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [api, token, modules] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'package.json'));
const entry = require.resolve('@cubejs-client/core');
const core = (await import(pathToFileURL(entry).href));
const cube = (core.default?.default ?? core.default ?? core.cube)(token, { apiUrl: api });

const byMonth = {
  measures: ['Orders.count', 'Orders.total_revenue'],
  dimensions: ['Orders.status'],
  timeDimensions: [{ dimension: 'Orders.order_date', granularity: 'month', dateRange: ['2026-01-01', '2026-03-31'] }],
};
const loaded = await cube.load(byMonth);
const empty = await cube.load({ measures: ['Orders.count'], timeDimensions: [{ dimension: 'Orders.order_date', granularity: 'day', dateRange: ['1999-01-01', '1999-01-03'] }] });
const compared = await cube.load({
  measures: ['Orders.count'],
  timeDimensions: [{ dimension: 'Orders.order_date', granularity: 'month', compareDateRange: [['2026-01-01', '2026-02-28'], ['2025-01-01', '2025-02-28']] }],
});
const blended = await cube.load([
  { measures: ['Orders.count'], timeDimensions: [{ dimension: 'Orders.order_date', granularity: 'month', dateRange: ['2026-01-01', '2026-02-28'] }] },
  { measures: ['OrderItems.count', 'Orders.count'], timeDimensions: [{ dimension: 'Orders.order_date', granularity: 'month', dateRange: ['2026-01-01', '2026-02-28'] }] },
]);
const compact = await cube.load({ ...byMonth, responseFormat: 'compact' });
const meta = await cube.meta();
const sql = await cube.sql(byMonth);
const dry = await cube.dryRun(byMonth);
const failure = await cube.load({ measures: ['Orders.nope'] }).then(() => null, (e) => ({ message: e.message, status: e.status }));
const long = await cube.load({ measures: ['Orders.count'], filters: [{ member: 'Orders.status', operator: 'equals', values: Array.from({ length: 400 }, (_, i) => `value ${i}`).concat('completed') }] });

console.log(JSON.stringify({
  rows: loaded.rawData(),
  pivot: loaded.tablePivot(),
  columns: loaded.tableColumns().map((column) => column.shortTitle),
  series: loaded.series().map((one) => ({ title: one.title, points: one.series.length })),
  emptySeries: empty.series()[0]?.series.map((point) => point.value),
  compared: compared.series().map((one) => ({ title: one.title, values: one.series.map((point) => point.value) })),
  blended: blended.series().map((one) => ({ title: one.title, values: one.series.map((point) => point.value) })),
  compact: compact.rawData(),
  cubes: meta.cubes.map((one) => one.name),
  sql: sql.sql(),
  dryRun: dry.queryType,
  failure,
  long: long.rawData(),
}));
