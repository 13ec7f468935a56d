namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>PostgreSQL's functions that catalog queries call, as macros of DuckDB under names of their own.</summary>
internal static class CatalogFunctions
{
    public const string Prefix = "floe_";

    private static readonly (string Name, string Definition)[] _macros =
    [
        ("version", "() AS 'PostgreSQL 15.0 (Floe SQL API)'"),
        ("current_database", "() AS 'cube'"),
        ("current_schema", "() AS 'public'"),
        ("current_schemas", "(implicit) AS CASE WHEN implicit THEN ['pg_catalog', 'public'] ELSE ['public'] END"),
        ("current_setting", "(a) AS (SELECT any_value(s.setting) FROM pg_settings s WHERE s.name = lower(a)), (a, b) AS (SELECT any_value(s.setting) FROM pg_settings s WHERE s.name = lower(a))"),
        ("set_config", "(a, b, c) AS b"),
        ("format_type", "(a, b) AS (SELECT any_value(t.displayname) FROM pg_type t WHERE t.oid = a)"),
        ("pg_get_userbyid", "(role_oid) AS 'cube'"),
        ("pg_table_is_visible", "(o) AS true"),
        ("pg_type_is_visible", "(o) AS true"),
        ("pg_function_is_visible", "(o) AS true"),
        ("pg_operator_is_visible", "(o) AS true"),
        ("pg_collation_is_visible", "(o) AS true"),
        ("pg_get_expr", "(e, r) AS CAST(NULL AS VARCHAR), (e, r, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_indexdef", "(o) AS CAST(NULL AS VARCHAR), (o, c, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_constraintdef", "(o) AS CAST(NULL AS VARCHAR), (o, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_viewdef", "(o) AS CAST(NULL AS VARCHAR), (o, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_triggerdef", "(o) AS CAST(NULL AS VARCHAR), (o, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_ruledef", "(o) AS CAST(NULL AS VARCHAR), (o, p) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_partkeydef", "(o) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_statisticsobjdef_columns", "(o) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_serial_sequence", "(t, c) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_function_arguments", "(o) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_function_result", "(o) AS CAST(NULL AS VARCHAR)"),
        ("pg_get_function_identity_arguments", "(o) AS CAST(NULL AS VARCHAR)"),
        ("pg_relation_is_publishable", "(o) AS false"),
        ("pg_relation_size", "(o) AS 0"),
        ("pg_table_size", "(o) AS 0"),
        ("pg_total_relation_size", "(o) AS 0"),
        ("pg_database_size", "(o) AS 0"),
        ("pg_size_pretty", "(n) AS CAST(n AS VARCHAR) || ' bytes'"),
        ("pg_encoding_to_char", "(e) AS 'UTF8'"),
        ("pg_char_to_encoding", "(e) AS 6"),
        ("pg_is_in_recovery", "() AS false"),
        ("pg_backend_pid", "() AS 0"),
        ("pg_my_temp_schema", "() AS 0"),
        ("pg_tablespace_location", "(o) AS ''"),
        ("pg_stat_get_numscans", "(o) AS 0"),
        ("inet_server_addr", "() AS CAST(NULL AS VARCHAR)"),
        ("inet_client_addr", "() AS CAST(NULL AS VARCHAR)"),
        ("obj_description", "(o) AS (SELECT any_value(d.description) FROM pg_description d WHERE d.objoid = o AND d.objsubid = 0), (o, c) AS (SELECT any_value(d.description) FROM pg_description d WHERE d.objoid = o AND d.objsubid = 0)"),
        ("col_description", "(o, n) AS (SELECT any_value(d.description) FROM pg_description d WHERE d.objoid = o AND d.objsubid = n)"),
        ("shobj_description", "(o, c) AS CAST(NULL AS VARCHAR)"),
        ("has_table_privilege", "(t, p) AS p ILIKE '%select%', (u, t, p) AS p ILIKE '%select%'"),
        ("has_any_column_privilege", "(t, p) AS p ILIKE '%select%', (u, t, p) AS p ILIKE '%select%'"),
        ("has_column_privilege", "(t, c, p) AS p ILIKE '%select%', (u, t, c, p) AS p ILIKE '%select%'"),
        ("has_schema_privilege", "(s, p) AS p ILIKE '%usage%', (u, s, p) AS p ILIKE '%usage%'"),
        ("has_database_privilege", "(d, p) AS p ILIKE '%connect%', (u, d, p) AS p ILIKE '%connect%'"),
        ("has_function_privilege", "(f, p) AS true, (u, f, p) AS true"),
        ("quote_ident", "(n) AS '\"' || replace(n, '\"', '\"\"') || '\"'"),
        ("quote_literal", "(n) AS '''' || replace(n, '''', '''''') || ''''"),
        ("to_regclass", "(n) AS (SELECT any_value(c.oid) FROM pg_class c WHERE lower(c.relname) = lower(split_part(replace(n, '\"', ''), '.', -1)))"),
        ("to_regtype", "(n) AS (SELECT any_value(t.oid) FROM pg_type t WHERE t.typname = lower(n))"),
        ("array_upper", "(a, d) AS nullif(len(a), 0)"),
        ("array_lower", "(a, d) AS CASE WHEN len(a) > 0 THEN 1 END"),
        ("array_length", "(a, d) AS nullif(len(a), 0)"),
        ("pg_postmaster_start_time", "() AS CAST(now() AS TIMESTAMP)"),
        ("pg_advisory_unlock_all", "() AS CAST(NULL AS VARCHAR)"),
        ("pg_sleep", "(a) AS CAST(NULL AS VARCHAR)"),
        ("txid_current", "() AS 1"),
    ];

    public static IReadOnlySet<string> Names { get; } = _macros.Select(macro => macro.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> CreateAll => _macros.Select(macro => $"CREATE MACRO {Prefix}{macro.Name}{macro.Definition}");
}
