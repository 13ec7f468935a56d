// Judges OpenLineage events by the published schemas.
//   node openlineage.mjs <folder with OpenLineage.json and facets/> <file with a JSON array of events> [<folder with more facets>]
// Prints a JSON array: per event its breaches, as texts. An event is judged as the kind that its schemaURL ends with, because the schema's
// top level also takes a run event that lacks its run (as a job event); a facet by the schema at its _schemaURL, which must be there when it is
// OpenLineage's or Floe's.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [folder, file, more] = process.argv.slice(2);
const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
addFormats(ajv);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const core = read(join(folder, 'OpenLineage.json'));
ajv.addSchema(core);
for (const place of [join(folder, 'facets'), ...(more ? [more] : [])]) {
  for (const name of readdirSync(place).filter((n) => n.endsWith('.json'))) ajv.addSchema(read(join(place, name)));
}

const judge = (address, value, path) => {
  const validate = ajv.getSchema(address);
  if (!validate) return [`${path}: no schema ${address}`];
  return validate(value) ? [] : validate.errors.map((e) => `${path}${e.instancePath}: ${e.message}`);
};

function facetsOf(event) {
  const bearers = [event.run, event.job, event.dataset, ...(event.inputs ?? []), ...(event.outputs ?? [])].filter(Boolean);
  return bearers.flatMap((bearer) => [bearer.facets, bearer.inputFacets, bearer.outputFacets]).flatMap((bag) => Object.entries(bag ?? {}));
}

const breaches = read(file).map((event) => [
  ...judge(`${core.$id}#/$defs/${event.schemaURL.split('/').pop()}`, event, 'event'),
  ...facetsOf(event).flatMap(([name, facet]) => (/^(https:\/\/openlineage\.io\/|urn:floe:)/.test(facet._schemaURL) ? judge(facet._schemaURL, facet, name) : [])),
]);
console.log(JSON.stringify(breaches));
