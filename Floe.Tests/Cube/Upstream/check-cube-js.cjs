// Loads cube.js with a driver that records what it is told, and prints what its functions make of tokens and of a catalog that comes late.
// Arguments: cube.js, a good token, tokens that are not.
const Module = require('module');

let statements = [];
let failures = 1;
let closed = 0;
class DuckDBDriver {
  async init() {
    const run = async (sql) => {
      statements.push(sql);
      if (failures-- > 0) throw new Error('the catalog is not there yet');
    };
    return { defaultConnection: { run, closeSync: () => closed++ }, instance: { closeSync: () => closed++ } };
  }
}
const load = Module._load;
Module._load = (name, ...rest) => (name === '@cubejs-backend/duckdb-driver' ? { DuckDBDriver } : load(name, ...rest));

const [file, good, ...bad] = process.argv.slice(2);
const config = require(file);
const tried = (user, password) => config.checkSqlAuth({}, user, password).then((answer) => answer, (e) => e.message);

(async () => {
  const before = await tried('ann', null);
  const signedIn = await tried('ann', good);
  const later = await tried('ann', null);
  const refused = [];
  for (const token of bad) refused.push(await tried('ann', token));
  const known = await tried('cube', 'anything');
  const driver = config.driverFactory();
  const first = await driver.init().then(() => 'ready', (e) => e.message);
  const second = await driver.init().then(() => 'ready', (e) => e.message);
  const roles = config.contextToRoles({ securityContext: { role: 'seller', groups: ['a', 'b', 3] } });
  console.log(JSON.stringify({ before, signedIn, later, refused, known, first, second, closed, roles, none: config.contextToRoles({}), sql: statements[0] }));
})();
