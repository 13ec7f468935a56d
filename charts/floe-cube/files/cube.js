// How Cube reaches the tables: DuckDB attaches the Iceberg catalog as the principal that only reads. Used by the chart and, mounted, by the AppHost.
const { createHmac, timingSafeEqual } = require('crypto');
const { DuckDBDriver } = require('@cubejs-backend/duckdb-driver');

const quoted = (name) => `'${(process.env[name] ?? '').replaceAll("'", "''")}'`;

const attach = `
  INSTALL httpfs; LOAD httpfs; INSTALL iceberg; LOAD iceberg;
  CREATE OR REPLACE SECRET store (TYPE s3, KEY_ID ${quoted('CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID')}, SECRET ${quoted('CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY')},
    ENDPOINT ${quoted('CUBEJS_DB_DUCKDB_S3_ENDPOINT')}, REGION ${quoted('CUBEJS_DB_DUCKDB_S3_REGION')}, URL_STYLE 'path', USE_SSL ${process.env.CUBEJS_DB_DUCKDB_S3_USE_SSL ?? 'false'});
  CREATE OR REPLACE SECRET catalog (TYPE iceberg, CLIENT_ID ${quoted('FLOE_CATALOG_CLIENT_ID')}, CLIENT_SECRET ${quoted('FLOE_CATALOG_CLIENT_SECRET')},
    OAUTH2_SERVER_URI '${process.env.FLOE_CATALOG_URI}/v1/oauth/tokens', OAUTH2_SCOPE 'PRINCIPAL_ROLE:ALL');
  ATTACH 'lakehouse' AS lakehouse (TYPE iceberg, ENDPOINT ${quoted('FLOE_CATALOG_URI')}, SECRET catalog, ACCESS_DELEGATION_MODE 'none');
  USE lakehouse.silver;`;

// Given as initSql a statement that fails is passed over and never tried again: Cube would look healthy and know no table until it is
// restarted. This one fails the query instead, with DuckDB's reason, and the next query starts anew.
class LakehouseDriver extends DuckDBDriver {
  async init() {
    const state = await super.init();
    try {
      await state.defaultConnection.run(attach);
      return state;
    } catch (e) {
      state.defaultConnection.closeSync();
      state.instance.closeSync();
      throw e;
    }
  }
}

// The SQL API's password is a token of CubeProxy (HS256, signed with Cube's secret), its claims are the user's; or the one of the environment, as
// without this function. Cube asks again for sessions that go on, by name alone.
const contexts = new Map();

function claimsOf(token) {
  const [header, payload, signature, ...rest] = token.split('.');
  const made = createHmac('sha256', process.env.CUBEJS_API_SECRET).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature ?? '', 'base64url');
  if (rest.length > 0 || given.length !== made.length || !timingSafeEqual(given, made)) return undefined;
  const { iat, exp, ...context } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return JSON.parse(Buffer.from(header, 'base64url').toString()).alg === 'HS256' && typeof exp === 'number' && Date.now() / 1000 < exp ? context : undefined;
}

async function checkSqlAuth(request, user, password) {
  const { CUBEJS_SQL_USER: knownUser, CUBEJS_SQL_PASSWORD: knownPassword } = process.env;
  if (typeof password !== 'string') {
    if (contexts.has(user)) return { password: null, skipPasswordCheck: true, securityContext: contexts.get(user) };
  } else {
    const securityContext = claimsOf(password);
    if (securityContext) {
      contexts.set(user, securityContext);
      return { password, securityContext };
    }
  }
  if (knownPassword && user === (knownUser ?? 'cube')) return { password: knownPassword, securityContext: {} };
  throw new Error('Incorrect user name or password');
}

// A claim is a text or a list of them.
const claims = (context, ...names) => names.flatMap((name) => context?.[name] ?? []).filter((role) => typeof role === 'string');

module.exports = {
  driverFactory: () => new LakehouseDriver(),
  checkSqlAuth,
  // As CubeProxy's own engine reads roles from tokens.
  contextToRoles: ({ securityContext }) => claims(securityContext, 'role', 'roles', 'group', 'groups'),
};
