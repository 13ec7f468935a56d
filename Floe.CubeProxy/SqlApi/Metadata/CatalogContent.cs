using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.SqlApi.Translation;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>What the catalog says: cubes as tables and views, their members as columns, as far as the caller may see them.</summary>
internal sealed class CatalogContent(SemanticModel model, SecurityContext caller)
{
    private const long FirstCube = 16_384;
    private const long PublicSchema = 2200, CatalogSchema = 11, InformationSchema = 13_000, Owner = 10, ArrayReceive = 2400;

    private static readonly (long Oid, string Name, int Length, string Category, long Array, string Shown)[] _types =
    [
        (16, "bool", 1, "B", 1000, "boolean"), (17, "bytea", -1, "U", 1001, "bytea"), (18, "char", 1, "Z", 1002, "\"char\""), (19, "name", 64, "S", 1003, "name"), (20, "int8", 8, "N", 1016, "bigint"),
        (21, "int2", 2, "N", 1005, "smallint"), (23, "int4", 4, "N", 1007, "integer"), (24, "regproc", 4, "N", 1008, "regproc"), (25, "text", -1, "S", 1009, "text"), (26, "oid", 4, "N", 1028, "oid"),
        (114, "json", -1, "U", 199, "json"), (700, "float4", 4, "N", 1021, "real"), (701, "float8", 8, "N", 1022, "double precision"), (1042, "bpchar", -1, "S", 1014, "character"),
        (1043, "varchar", -1, "S", 1015, "character varying"), (1082, "date", 4, "D", 1182, "date"), (1083, "time", 8, "D", 1183, "time without time zone"), (1114, "timestamp", 8, "D", 1115, "timestamp without time zone"),
        (1184, "timestamptz", 8, "D", 1185, "timestamp with time zone"), (1186, "interval", 16, "T", 1187, "interval"), (1700, "numeric", -1, "N", 1231, "numeric"), (2205, "regclass", 4, "N", 2210, "regclass"),
        (2206, "regtype", 4, "N", 2211, "regtype"), (2950, "uuid", 16, "U", 2951, "uuid"), (3802, "jsonb", -1, "U", 3807, "jsonb"),
    ];

    private static readonly (string Name, string Setting)[] _settings =
    [
        ("server_version", "15.0"), ("server_version_num", "150000"), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"), ("standard_conforming_strings", "on"), ("datestyle", "ISO, MDY"),
        ("timezone", "UTC"), ("integer_datetimes", "on"), ("intervalstyle", "postgres"), ("search_path", "\"$user\", public"), ("max_identifier_length", "63"), ("transaction_isolation", "read committed"),
        ("default_transaction_read_only", "on"), ("max_index_keys", "32"), ("lc_collate", "C"), ("lc_ctype", "C"), ("is_superuser", "off"), ("jit", "off"),
    ];

    private readonly Dictionary<string, long> _classes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pg_class"] = CatalogTables.PgClassOid, ["pg_type"] = CatalogTables.PgTypeOid, ["pg_namespace"] = CatalogTables.PgNamespaceOid, ["pg_proc"] = CatalogTables.PgProcOid, ["pg_database"] = CatalogTables.PgDatabaseOid,
        ["pg_constraint"] = CatalogTables.PgConstraintOid, ["pg_attribute"] = CatalogTables.PgAttributeOid, ["pg_attrdef"] = CatalogTables.PgAttrdefOid, ["pg_extension"] = CatalogTables.PgExtensionOid,
    };

    /// <summary>The number that <c>'name'::regclass</c> and the like stand for.</summary>
    public long? Find(string kind, string name) => kind switch
    {
        "regclass" => _classes.TryGetValue(name, out var found) ? found : null,
        "regtype" => _types.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || type.Shown.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Oid: > 0 } type ? type.Oid : null,
        "regnamespace" => name.ToLowerInvariant() switch { "public" => PublicSchema, "pg_catalog" => CatalogSchema, "information_schema" => InformationSchema, _ => null },
        _ => null,
    };

    /// <summary>The statements that fill the tables.</summary>
    public IEnumerable<string> Statements()
    {
        yield return $"INSERT INTO pg_namespace VALUES ({CatalogSchema}, 'pg_catalog', {Owner}, NULL), ({PublicSchema}, 'public', {Owner}, NULL), ({InformationSchema}, 'information_schema', {Owner}, NULL)";
        yield return "INSERT INTO info.schemata(catalog_name, schema_name, schema_owner) VALUES ('cube', 'pg_catalog', 'cube'), ('cube', 'public', 'cube'), ('cube', 'information_schema', 'cube')";
        yield return $"INSERT INTO pg_database(oid, datname, datdba, encoding, datlocprovider, datistemplate, datallowconn, datconnlimit, dattablespace, datcollate, datctype) VALUES (5, 'cube', {Owner}, 6, 'c', false, true, -1, 1663, 'C', 'C')";
        yield return $"INSERT INTO pg_roles(oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, rolbypassrls) VALUES ({Owner}, 'cube', false, true, false, false, true, false, -1, false)";
        yield return $"INSERT INTO pg_user(usename, usesysid, usecreatedb, usesuper, userepl, usebypassrls) VALUES ('cube', {Owner}, false, false, false, false)";
        yield return "INSERT INTO pg_am VALUES (2, 'heap', 3, 't'), (403, 'btree', 330, 'i')";
        yield return $"INSERT INTO pg_proc(oid, proname, pronamespace, prokind) VALUES ({ArrayReceive}, 'array_recv', {CatalogSchema}, 'f')";
        yield return $"INSERT INTO pg_settings(name, setting) VALUES {string.Join(", ", _settings.Select(setting => $"({Text(setting.Name)}, {Text(setting.Setting)})"))}";
        yield return "INSERT INTO pg_tablespace(oid, spcname, spcowner) VALUES (1663, 'pg_default', 10)";
        yield return Types();
        var oid = FirstCube;
        foreach (var cube in model.Cubes.Where(cube => cube.IsPublic && AccessRules.MaySee(cube, caller)))
        {
            foreach (var statement in Cube(cube, oid)) yield return statement;
            _classes.TryAdd(cube.Name, oid);
            oid += 2;
        }
        yield return "INSERT INTO pg_tables SELECT 'public', relname, 'cube', NULL, false, false, false, false FROM pg_class WHERE relkind = 'r'";
        yield return "INSERT INTO pg_views SELECT 'public', relname, 'cube', '' FROM pg_class WHERE relkind = 'v'";
        yield return "INSERT INTO info.views(table_catalog, table_schema, table_name, check_option, is_updatable, is_insertable_into) SELECT 'cube', 'public', relname, 'NONE', 'NO', 'NO' FROM pg_class WHERE relkind = 'v'";
        yield return "INSERT INTO info.table_privileges SELECT 'cube', 'cube', 'cube', 'public', relname, 'SELECT', 'NO' FROM pg_class";
    }

    private static string Types()
    {
        var rows = new List<string>();
        foreach (var (oid, name, length, category, array, shown) in _types)
        {
            rows.Add($"({oid}, {Text(name)}, {CatalogSchema}, {Owner}, {length}, {(length is > 0 and <= 8 ? "true" : "false")}, 'b', '{category}', false, true, ',', 0, 0, 0, {array}, 0, 0, 0, 0, 0, 0, 0, 'i', 'p', false, 0, -1, 0, 0, NULL, NULL, NULL, {Text(shown)})");
            rows.Add($"({array}, {Text($"_{name}")}, {CatalogSchema}, {Owner}, -1, false, 'b', 'A', false, true, ',', 0, 0, {oid}, 0, 0, 0, {ArrayReceive}, 0, 0, 0, 0, 'i', 'x', false, 0, -1, 0, 0, NULL, NULL, NULL, {Text($"{shown}[]")})");
        }
        foreach (var (oid, name) in (ReadOnlySpan<(int, string)>)[(2249, "record"), (2278, "void"), (705, "unknown")])
            rows.Add($"({oid}, '{name}', {CatalogSchema}, {Owner}, -1, false, 'p', 'P', false, true, ',', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'i', 'p', false, 0, -1, 0, 0, NULL, NULL, NULL, '{name}')");
        return $"INSERT INTO pg_type VALUES {string.Join(", ", rows)}";
    }

    private IEnumerable<string> Cube(Cube cube, long oid)
    {
        var members = CubeScope.TableOf(cube, cube.Name).Columns.Select(column => column.Member).Where(member => AccessRules.MaySee(member, caller)).ToList();
        var kind = cube.IsView ? 'v' : 'r';
        yield return "INSERT INTO pg_class(oid, relname, relnamespace, reltype, reloftype, relowner, relam, relfilenode, reltablespace, relpages, reltuples, relallvisible, reltoastrelid, relhasindex, relisshared, relpersistence, relkind, relnatts, relchecks, relhasrules, relhastriggers, relhassubclass, relrowsecurity, relforcerowsecurity, relispopulated, relreplident, relispartition) "
            + $"VALUES ({oid}, {Text(cube.Name)}, {PublicSchema}, {oid + 1}, 0, {Owner}, {(cube.IsView ? 0 : 2)}, {oid}, 0, 0, -1, 0, 0, false, false, 'p', '{kind}', {members.Count}, 0, false, false, false, false, false, true, 'n', false)";
        yield return $"INSERT INTO info.tables(table_catalog, table_schema, table_name, table_type, is_insertable_into, is_typed) VALUES ('cube', 'public', {Text(cube.Name)}, '{(cube.IsView ? "VIEW" : "BASE TABLE")}', 'NO', 'NO')";
        if (cube.Description is not null) yield return $"INSERT INTO pg_description VALUES ({oid}, {CatalogTables.PgClassOid}, 0, {Text(cube.Description)})";
        var number = 0;
        foreach (var member in members)
        {
            number++;
            var type = WireTypes.OidOf(CubeScope.TypeOf(member));
            var (_, name, length, _, _, shown) = _types.First(known => known.Oid == type);
            yield return "INSERT INTO pg_attribute(attrelid, attname, atttypid, attstattarget, attlen, attnum, attndims, attcacheoff, atttypmod, attbyval, attalign, attstorage, attcompression, attnotnull, atthasdef, atthasmissing, attidentity, attgenerated, attisdropped, attislocal, attinhcount, attcollation) "
                + $"VALUES ({oid}, {Text(member.Name)}, {type}, -1, {length}, {number}, 0, -1, -1, false, 'i', 'p', '', false, false, false, '', '', false, true, 0, 0)";
            yield return "INSERT INTO info.columns(table_catalog, table_schema, table_name, column_name, ordinal_position, is_nullable, data_type, udt_catalog, udt_schema, udt_name, is_identity, is_generated, is_updatable) "
                + $"VALUES ('cube', 'public', {Text(cube.Name)}, {Text(member.Name)}, {number}, 'YES', {Text(shown)}, 'cube', 'pg_catalog', {Text(name)}, 'NO', 'NEVER', 'NO')";
            if (member.Description is not null) yield return $"INSERT INTO pg_description VALUES ({oid}, {CatalogTables.PgClassOid}, {number}, {Text(member.Description)})";
        }
    }

    private static string Text(string text) => $"'{text.Replace("'", "''")}'";
}
