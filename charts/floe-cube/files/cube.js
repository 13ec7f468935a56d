// How Cube reaches the tables: DuckDB attaches the Iceberg catalog as the principal that only reads. The driver passes over a
// statement that fails and does not try again, so the pod waits for the tables before it starts Cube (init container "tables").
const { DuckDBDriver } = require('@cubejs-backend/duckdb-driver');

const quoted = (name) => `'${(process.env[name] ?? '').replaceAll("'", "''")}'`;

module.exports = {
  driverFactory: () => new DuckDBDriver({
    initSql: `
      INSTALL httpfs; LOAD httpfs; INSTALL iceberg; LOAD iceberg;
      CREATE OR REPLACE SECRET store (TYPE s3, KEY_ID ${quoted('CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID')}, SECRET ${quoted('CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY')},
        ENDPOINT ${quoted('CUBEJS_DB_DUCKDB_S3_ENDPOINT')}, REGION ${quoted('CUBEJS_DB_DUCKDB_S3_REGION')}, URL_STYLE 'path', USE_SSL ${process.env.CUBEJS_DB_DUCKDB_S3_USE_SSL ?? 'false'});
      CREATE OR REPLACE SECRET catalog (TYPE iceberg, CLIENT_ID ${quoted('FLOE_CATALOG_CLIENT_ID')}, CLIENT_SECRET ${quoted('FLOE_CATALOG_CLIENT_SECRET')},
        OAUTH2_SERVER_URI '${process.env.FLOE_CATALOG_URI}/v1/oauth/tokens', OAUTH2_SCOPE 'PRINCIPAL_ROLE:ALL');
      ATTACH 'lakehouse' AS lakehouse (TYPE iceberg, ENDPOINT ${quoted('FLOE_CATALOG_URI')}, SECRET catalog, ACCESS_DELEGATION_MODE 'none');
      USE lakehouse.silver;`,
  }),
};
