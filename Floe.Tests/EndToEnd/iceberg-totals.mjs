// An independent look at the shop's raw tables: Iceberg REST by hand, Parquet and Avro by icebird, S3 by the npm client `minio`.
// Nothing of Floe's own code takes part. Prints one JSON object; connection strings come from the environment.
import { Client } from 'minio';
import { icebergRead } from 'icebird';

const parse = text => Object.fromEntries(text.split(';').filter(Boolean).map(part => {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}));
const s3 = parse(process.env.S3);
const lake = parse(process.env.LAKEHOUSE);

const endpoint = new URL(s3.Endpoint);
const store = new Client({
  endPoint: endpoint.hostname, port: Number(endpoint.port), useSSL: false,
  accessKey: s3.AccessKey, secretKey: s3.SecretKey, region: s3.Region, pathStyle: true,
});

// icebird knows s3:// addresses as public ones of AWS; here they go, presigned, to the store under test.
const plainFetch = globalThis.fetch;
globalThis.fetch = async (address, init) => {
  const url = new URL(String(address));
  const aws = /^(.+)\.s3\.amazonaws\.com$/.exec(url.hostname);
  return aws
    ? plainFetch(await store.presignedGetObject(aws[1], decodeURIComponent(url.pathname.slice(1)), 300), init)
    : plainFetch(address, init);
};

async function ok(response) {
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${await response.text()}`);
  return response.json();
}

const { access_token: token } = await ok(await plainFetch(`${lake.Uri}/v1/oauth/tokens`, {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: lake.ClientId, client_secret: lake.ClientSecret, scope: lake.Scope }),
}));
const headers = { Authorization: `Bearer ${token}` };
const config = await ok(await plainFetch(`${lake.Uri}/v1/config?warehouse=${lake.Warehouse}`, { headers }));
const prefix = config.overrides?.prefix ?? lake.Warehouse;

async function rows(namespace, table) {
  const { metadata } = await ok(await plainFetch(`${lake.Uri}/v1/${prefix}/namespaces/${namespace}/tables/${table}`, { headers }));
  return icebergRead({ tableUrl: metadata.location, metadata });
}

const cents = value => BigInt(Math.round(Number(value) * 100));
const text = value => value.toString();

const [customers, products, orders, items] = await Promise.all(
  ['customers', 'products', 'orders', 'order_items'].map(table => rows('bronze', table)));

const key = value => typeof value === 'string' ? value : Buffer.from(value).toString('hex');
const subtotals = new Map();
for (const item of items) subtotals.set(key(item.order_id), (subtotals.get(key(item.order_id)) ?? 0n) + cents(item.subtotal));

const byStatus = {};
let mismatched = 0;
for (const order of orders) {
  const entry = byStatus[order.status] ??= { count: 0, cents: 0n };
  entry.count++;
  entry.cents += cents(order.total_amount);
  if (cents(order.total_amount) !== subtotals.get(key(order.order_id))) mismatched++;
}

console.log(JSON.stringify({
  counts: { customers: customers.length, products: products.length, orders: orders.length, order_items: items.length },
  orderCents: text(orders.reduce((sum, order) => sum + cents(order.total_amount), 0n)),
  itemCents: text(items.reduce((sum, item) => sum + cents(item.subtotal), 0n)),
  ordersWhoseTotalIsNotTheSumOfTheirLines: mismatched,
  byStatus: Object.fromEntries(Object.entries(byStatus).map(([status, s]) => [status, { count: s.count, cents: text(s.cents) }])),
}));
