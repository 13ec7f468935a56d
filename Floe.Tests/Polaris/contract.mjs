// Checks recorded exchanges against the OpenAPI descriptions of the Iceberg REST catalog and of Polaris' management API.
//   node contract.mjs <specs folder>
// Reads one exchange as JSON per line and answers each with one line of JSON: {"operation": <id or null>, "breaches": [...]}.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const [specs] = process.argv.slice(2);

// A base type with a discriminator but without oneOf accepts anything that has the discriminator. So the base is renamed, and the
// name gets: the base, and what the mapping says for each value. An anyOf over such types (TableUpdate) dispatches the same way, so that
// a breach is named once and not for every type that was not meant.
function dispatchDiscriminators(schemas) {
  const dispatch = (property, targets) => [
    { required: [property], properties: { [property]: { enum: targets.map(([value]) => value) } } },
    ...targets.map(([value, target]) => ({ if: { properties: { [property]: { const: value } }, required: [property] }, then: { $ref: target } })),
  ];
  const unions = [];
  for (const [name, schema] of Object.entries({ ...schemas })) {
    const { propertyName, mapping } = schema.discriminator ?? {};
    if (!mapping || schema.oneOf || schema.anyOf) continue;
    const base = `${name}.base`;
    schemas[base] = { ...schema };
    delete schemas[base].discriminator;
    for (const target of Object.values(mapping)) {
      for (const part of schemas[target.split('/').pop()].allOf ?? [])
        if (part.$ref === `#/components/schemas/${name}`) part.$ref = `#/components/schemas/${base}`;
    }
    schemas[name] = { allOf: [{ $ref: `#/components/schemas/${base}` }, ...dispatch(propertyName, Object.entries(mapping))] };
    unions.push({ propertyName, mapping });
  }
  for (const schema of Object.values(schemas)) {
    const members = schema.anyOf?.map((member) => member.$ref);
    const union = members && unions.find(({ mapping }) => members.every((member) => Object.values(mapping).includes(member)));
    if (!union) continue;
    delete schema.anyOf;
    schema.allOf = dispatch(union.propertyName, Object.entries(union.mapping).filter(([, target]) => members.includes(target)));
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

function judge({ Method, Path, Request, Status, Response }) {
  const path = Path.split('?')[0];
  for (const api of apis) {
    const route = api.routes.find((r) => r.method === Method && r.pattern.test(path));
    if (!route) continue;
    const breaches = [];
    const say = (what, errors) => errors.forEach((e) => breaches.push(`${Method} ${Path} ${Status} ${what}: ${e}`));

    const requestSchema = route.resolve(route.operation.requestBody)?.content?.['application/json']?.schema;
    // What the server refuses may be wrong on purpose; what it takes must be right.
    if (Status < 300 && Request && requestSchema) say('request', api.check(requestSchema, JSON.parse(Request)));

    // The token route's answers to a failing server have no error code that fits one: the catalog's usual shape, as Polaris answers.
    const tokenOutage = Status >= 500 && path.endsWith('/oauth/tokens');
    const described = tokenOutage ? undefined : route.resolve(route.operation.responses[Status] ?? (Status >= 500 ? route.operation.responses['5XX'] : undefined));
    const body = Response === null ? undefined : JSON.parse(Response);
    if (!described && Status < 400) say('status', ['the specification has no such answer']);
    const schema = described?.content?.['application/json']?.schema;
    if (schema && Method !== 'HEAD') {
      if (body === undefined) say('response', ['has no body']);
      else say('response', api.check(schema, body));
    } else if (Status < 400 && body !== undefined && !schema) say('response', ['has a body that the specification does not know']);
    else if (Status >= 400 && Method !== 'HEAD' && (tokenOutage || !path.endsWith('/oauth/tokens'))) {
      if (body === undefined) say('response', ['an error without body']);
      else say('response', apis[0].check(errorShape, body));
    }
    if (Status >= 400 && body?.error?.code !== undefined && body.error.code !== Status) say('response', ['error.code is not the status']);
    return { operation: Status < 300 ? route.operation.operationId : null, breaches };
  }
  return { operation: null, breaches: [] };
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(judge(JSON.parse(line))));
