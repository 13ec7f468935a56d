// Judges rendered charts.
//   node judge.mjs <folder with kubernetes-models> <Kubernetes' strict schema, or -> <rendered.yaml>...
// Prints a JSON array: for each file its objects, and what is wrong with them, one sentence each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { parseAllDocuments } from 'yaml';

const [tools, specification, ...files] = process.argv.slice(2);
const require = createRequire(`${tools}/node_modules/`);

// Not in the specification's file.
const disruptionBudget = {
  'x-kubernetes-group-version-kind': [{ group: 'policy', kind: 'PodDisruptionBudget', version: 'v1' }],
  type: 'object', required: ['spec'],
  properties: {
    apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    spec: {
      type: 'object', required: ['selector'],
      properties: {
        maxUnavailable: { type: ['integer', 'string'] }, minAvailable: { type: ['integer', 'string'] }, unhealthyPodEvictionPolicy: { type: 'string' },
        selector: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector' },
      },
    },
  },
};

// Fields that are newer than the specification's file (1.21 and 1.25; stable since 1.24 and 1.27).
const later = {
  'io.k8s.api.batch.v1.JobSpec': { completionMode: { type: 'string', enum: ['NonIndexed', 'Indexed'] } },
  'io.k8s.api.batch.v1.CronJobSpec': { timeZone: { type: 'string' } },
};

function strict() {
  if (specification === '-') return null;
  const { definitions } = JSON.parse(readFileSync(specification, 'utf8'));
  definitions['io.k8s.api.policy.v1.PodDisruptionBudget'] = disruptionBudget;
  for (const [name, properties] of Object.entries(later)) Object.assign(definitions[name].properties, properties);
  const kinds = new Map();
  for (const [name, definition] of Object.entries(definitions)) {
    close(definition);
    for (const { group, kind, version } of definition['x-kubernetes-group-version-kind'] ?? []) kinds.set(`${group ? `${group}/` : ''}${version}/${kind}`, name);
  }
  // Written as either; the description of the API says text.
  definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['string', 'number'] };
  definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['string', 'integer'] };
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  ajv.addSchema({ $id: 'kubernetes', definitions });
  const compiled = new Map();
  return (object) => {
    const kind = `${object.apiVersion}/${object.kind}`;
    const name = kinds.get(kind);
    if (!name) return [`${kind} is no kind of the specification`];
    if (!compiled.has(name)) compiled.set(name, ajv.compile({ $ref: `kubernetes#/definitions/${name}` }));
    const validate = compiled.get(name);
    return validate(object) ? [] : validate.errors.map((e) => `${e.instancePath || '/'} ${e.message}${e.params.additionalProperty ? `: ${e.params.additionalProperty}` : ''}`);
  };
}

// What has properties has no others.
function close(schema) {
  if (schema === null || typeof schema !== 'object') return;
  if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
  Object.values(schema).forEach(close);
}

function typed(object) {
  try {
    const { [object.kind]: Model } = require(`kubernetes-models/${object.apiVersion}/${object.kind}`);
    new Model(object).validate();
    return [];
  } catch (e) {
    return [e.message];
  }
}

const bySpecification = strict();
console.log(JSON.stringify(files.map((file) => {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), { uniqueKeys: true });
  const breaches = documents.flatMap((d) => d.errors.map((e) => e.message));
  const objects = documents.map((d) => d.toJS()).filter((o) => o !== null && o !== undefined);
  for (const object of objects)
    for (const breach of [...(bySpecification?.(object) ?? []), ...typed(object)]) breaches.push(`${object.kind}/${object.metadata?.name}: ${breach}`);
  return { objects, breaches };
})));
