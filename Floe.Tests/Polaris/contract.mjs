// Checks recorded exchanges against the OpenAPI descriptions of the Iceberg REST catalog and of Polaris' management API.
//   node contract.mjs <specs folder> <exchanges.json>
// Prints one line per breach and a last line "<n> checked, <m> breaches, covered <operation ids>".
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const [specs, exchangesFile] = process.argv.slice(2);

// A base type with a discriminator but without oneOf accepts anything that has the discriminator. So the base is renamed, and the
// name gets: the base, and what the mapping says for each value.
function dispatchDiscriminators(schemas) {
  for (const [name, schema] of Object.entries({ ...schemas })) {
    const { propertyName, mapping } = schema.discriminator ?? {};
    if (!mapping || schema.oneOf || schema.anyOf) continue;
    const base = `${name}.base`;
    schemas[base] = { ...schema, discriminator: undefined };
    delete schemas[base].discriminator;
    for (const target of Object.values(mapping)) {
      for (const part of schemas[target.split('/').pop()].allOf ?? [])
        if (part.$ref === `#/components/schemas/${name}`) part.$ref = `#/components/schemas/${base}`;
    }
    schemas[name] = {
      allOf: [
        { $ref: `#/components/schemas/${base}` },
        { properties: { [propertyName]: { enum: Object.keys(mapping) } } },
        ...Object.entries(mapping).map(([value, target]) => ({
          if: { properties: { [propertyName]: { const: value } }, required: [propertyName] },
          then: { $ref: target },
        })),
      ],
    };
  }
}

function load(id, file, base) {
  const document = parse(readFileSync(join(specs, file), 'utf8'));
  dispatchDiscriminators(document.components.schemas);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, logger: false });
  addFormats(ajv);
  for (const format of ['int32', 'int64', 'float', 'double', 'byte', 'password']) ajv.addFormat(format, true);
  ajv.addSchema({ $id: id, components: document.components });
  const routes = [];
  for (const [path, item] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${base}${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`);
    for (const method of ['get', 'post', 'put', 'delete', 'head'])
      if (item[method]) routes.push({ method: method.toUpperCase(), pattern, parameters: path.split('{').length, operation: item[method], resolve });
  }
  routes.sort((a, b) => a.parameters - b.parameters);

  function resolve(node) {
    while (node?.$ref) node = node.$ref.slice(2).split('/').reduce((at, key) => at[key], document);
    return node;
  }
  const compiled = new Map();
  function check(schema, value) {
    const key = JSON.stringify(schema);
    if (!compiled.has(key)) compiled.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components/', `"${id}#/components/`))));
    const validate = compiled.get(key);
    return validate(value) ? [] : [...new Set(validate.errors.filter((e) => e.keyword !== 'if').map((e) => `${e.instancePath || '/'} ${e.message}`))];
  }
  return { routes, check, errorSchema: document.components.schemas.IcebergErrorResponse && { $ref: '#/components/schemas/IcebergErrorResponse' } };
}

const apis = [
  load('iceberg', 'iceberg-rest-catalog-open-api.yaml', '/api/catalog'),
  load('polaris', 'polaris-management-service.yml', '/api/management/v1'),
];
const errorShape = apis[0].errorSchema;

let checked = 0;
const breaches = [];
const covered = new Set();
for (const { Method, Path, Request, Status, Response } of JSON.parse(readFileSync(exchangesFile, 'utf8'))) {
  const path = Path.split('?')[0];
  for (const api of apis) {
    const route = api.routes.find((r) => r.method === Method && r.pattern.test(path));
    if (!route) continue;
    checked++;
    const say = (what, errors) => errors.forEach((e) => breaches.push(`${Method} ${Path} ${Status} ${what}: ${e}`));
    if (Status < 300) covered.add(route.operation.operationId);

    const requestSchema = route.resolve(route.operation.requestBody)?.content?.['application/json']?.schema;
    if (Status < 300 && Request && requestSchema) say('request', api.check(requestSchema, JSON.parse(Request)));

    const described = route.resolve(route.operation.responses[Status] ?? (Status >= 500 ? route.operation.responses['5XX'] : undefined));
    const body = Response === null ? undefined : JSON.parse(Response);
    if (!described && Status < 400) say('status', ['the specification has no such answer']);
    const schema = described?.content?.['application/json']?.schema;
    if (schema && Method !== 'HEAD') {
      if (body === undefined) say('response', ['has no body']);
      else say('response', api.check(schema, body));
    } else if (Status < 400 && body !== undefined && !schema) say('response', ['has a body that the specification does not know']);
    else if (Status >= 400 && Method !== 'HEAD' && !path.endsWith('/oauth/tokens')) {
      if (body === undefined) say('response', ['an error without body']);
      else say('response', apis[0].check(errorShape, body));
    }
    if (Status >= 400 && body?.error?.code !== undefined && body.error.code !== Status) say('response', ['error.code is not the status']);
  }
}
for (const line of breaches) console.log(line);
console.log(`${checked} checked, ${breaches.length} breaches, covered ${[...covered].sort().join(' ')}`);
