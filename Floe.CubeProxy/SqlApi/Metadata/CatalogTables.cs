namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>The catalog's relations with PostgreSQL 15's columns, those that clients ask for. A column's type is BIGINT unless it says otherwise.</summary>
internal static class CatalogTables
{
    public const long PgClassOid = 1259, PgTypeOid = 1247, PgNamespaceOid = 2615, PgProcOid = 1255, PgDatabaseOid = 1262, PgConstraintOid = 2606, PgAttributeOid = 1249, PgAttrdefOid = 2604, PgExtensionOid = 3079;

    private static readonly string[] _tables =
    [
        "pg_namespace(oid, nspname t, nspowner, nspacl t)",
        "pg_class(oid, relname t, relnamespace, reltype, reloftype, relowner, relam, relfilenode, reltablespace, relpages, reltuples d, relallvisible, reltoastrelid, relhasindex b, relisshared b, relpersistence t, relkind t, relnatts, relchecks, relhasrules b, relhastriggers b, relhassubclass b, relrowsecurity b, relforcerowsecurity b, relispopulated b, relreplident t, relispartition b, relrewrite, relfrozenxid, relminmxid, relacl t, reloptions l, relpartbound t)",
        "pg_attribute(attrelid, attname t, atttypid, attstattarget, attlen, attnum, attndims, attcacheoff, atttypmod, attbyval b, attalign t, attstorage t, attcompression t, attnotnull b, atthasdef b, atthasmissing b, attidentity t, attgenerated t, attisdropped b, attislocal b, attinhcount, attcollation, attacl t, attoptions l, attfdwoptions l, attmissingval t)",
        "pg_type(oid, typname t, typnamespace, typowner, typlen, typbyval b, typtype t, typcategory t, typispreferred b, typisdefined b, typdelim t, typrelid, typsubscript, typelem, typarray, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, typalign t, typstorage t, typnotnull b, typbasetype, typtypmod, typndims, typcollation, typdefaultbin t, typdefault t, typacl t, displayname t)",
        "pg_proc(oid, proname t, pronamespace, proowner, prolang, prokind t, prorettype, proretset b, pronargs, proargtypes t, proargnames l, proargmodes l, prosrc t)",
        "pg_description(objoid, classoid, objsubid, description t)",
        "pg_database(oid, datname t, datdba, encoding, datlocprovider t, datistemplate b, datallowconn b, datconnlimit, datfrozenxid, datminmxid, dattablespace, datcollate t, datctype t, daticulocale t, datcollversion t, datacl l)",
        "pg_roles(oid, rolname t, rolsuper b, rolinherit b, rolcreaterole b, rolcreatedb b, rolcanlogin b, rolreplication b, rolconnlimit, rolpassword t, rolvaliduntil t, rolbypassrls b, rolconfig l)",
        "pg_user(usename t, usesysid, usecreatedb b, usesuper b, userepl b, usebypassrls b, passwd t, valuntil t, useconfig l)",
        "pg_auth_members(roleid, member, grantor, admin_option b)",
        "pg_am(oid, amname t, amhandler, amtype t)",
        "pg_attrdef(oid, adrelid, adnum, adbin t)",
        "pg_range(rngtypid, rngsubtype, rngmultitypid, rngcollation, rngsubopc)",
        "pg_enum(oid, enumtypid, enumsortorder d, enumlabel t)",
        "pg_index(indexrelid, indrelid, indnatts, indnkeyatts, indisunique b, indisprimary b, indisexclusion b, indimmediate b, indisclustered b, indisvalid b, indcheckxmin b, indisready b, indislive b, indisreplident b, indnullsnotdistinct b, indkey n, indcollation n, indclass n, indoption n, indexprs t, indpred t)",
        "pg_constraint(oid, conname t, connamespace, contype t, condeferrable b, condeferred b, convalidated b, conrelid, contypid, conindid, conparentid, confrelid, confupdtype t, confdeltype t, confmatchtype t, conislocal b, coninhcount, connoinherit b, conkey n, confkey n, conbin t)",
        "pg_collation(oid, collname t, collnamespace, collowner, collprovider t, collisdeterministic b, collencoding, collcollate t, collctype t)",
        "pg_inherits(inhrelid, inhparent, inhseqno, inhdetachpending b)",
        "pg_trigger(oid, tgrelid, tgparentid, tgname t, tgfoid, tgtype, tgenabled t, tgisinternal b, tgconstraint, tgdeferrable b, tginitdeferred b)",
        "pg_rewrite(oid, rulename t, ev_class, ev_type t, ev_enabled t, is_instead b)",
        "pg_policy(oid, polname t, polrelid, polcmd t, polpermissive b, polroles n, polqual t, polwithcheck t)",
        "pg_statistic_ext(oid, stxrelid, stxname t, stxnamespace, stxowner, stxstattarget, stxkeys n, stxkind l)",
        "pg_publication(oid, pubname t, pubowner, puballtables b, pubinsert b, pubupdate b, pubdelete b, pubtruncate b, pubviaroot b)",
        "pg_publication_rel(oid, prpubid, prrelid, prqual t, prattrs n)",
        "pg_publication_namespace(oid, pnpubid, pnnspid)",
        "pg_foreign_table(ftrelid, ftserver, ftoptions l)",
        "pg_foreign_server(oid, srvname t, srvowner, srvfdw, srvtype t, srvversion t)",
        "pg_partitioned_table(partrelid, partstrat t, partnatts, partdefid)",
        "pg_tablespace(oid, spcname t, spcowner, spcacl l, spcoptions l)",
        "pg_settings(name t, setting t, unit t, category t, short_desc t, context t, vartype t, source t)",
        "pg_stat_activity(datid, datname t, pid, usesysid, usename t, application_name t, client_addr t, state t, query t)",
        "pg_stat_user_tables(relid, schemaname t, relname t, n_live_tup)",
        "pg_sequence(seqrelid, seqtypid, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle b)",
        "pg_depend(classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype t)",
        "pg_extension(oid, extname t, extowner, extnamespace, extrelocatable b, extversion t)",
        "pg_language(oid, lanname t, lanowner, lanispl b, lanpltrusted b)",
        "pg_operator(oid, oprname t, oprnamespace, oprleft, oprright, oprresult)",
        "pg_aggregate(aggfnoid, aggkind t)",
        "pg_event_trigger(oid, evtname t)",
        "pg_seclabels(objoid, classoid, objsubid, label t)",
        "pg_shdescription(objoid, classoid, description t)",
        "pg_tables(schemaname t, tablename t, tableowner t, tablespace t, hasindexes b, hasrules b, hastriggers b, rowsecurity b)",
        "pg_views(schemaname t, viewname t, viewowner t, definition t)",
        "pg_matviews(schemaname t, matviewname t, matviewowner t, tablespace t, hasindexes b, ispopulated b, definition t)",
        "pg_indexes(schemaname t, tablename t, indexname t, tablespace t, indexdef t)",
        "info.schemata(catalog_name t, schema_name t, schema_owner t, default_character_set_catalog t, default_character_set_schema t, default_character_set_name t, sql_path t)",
        "info.tables(table_catalog t, table_schema t, table_name t, table_type t, self_referencing_column_name t, reference_generation t, user_defined_type_catalog t, user_defined_type_schema t, user_defined_type_name t, is_insertable_into t, is_typed t, commit_action t)",
        "info.columns(table_catalog t, table_schema t, table_name t, column_name t, ordinal_position, column_default t, is_nullable t, data_type t, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, interval_type t, character_set_name t, collation_name t, domain_name t, udt_catalog t, udt_schema t, udt_name t, is_identity t, is_generated t, generation_expression t, is_updatable t)",
        "info.views(table_catalog t, table_schema t, table_name t, view_definition t, check_option t, is_updatable t, is_insertable_into t)",
        "info.key_column_usage(constraint_catalog t, constraint_schema t, constraint_name t, table_catalog t, table_schema t, table_name t, column_name t, ordinal_position, position_in_unique_constraint)",
        "info.table_constraints(constraint_catalog t, constraint_schema t, constraint_name t, table_catalog t, table_schema t, table_name t, constraint_type t, is_deferrable t, initially_deferred t)",
        "info.referential_constraints(constraint_catalog t, constraint_schema t, constraint_name t, unique_constraint_catalog t, unique_constraint_schema t, unique_constraint_name t, match_option t, update_rule t, delete_rule t)",
        "info.constraint_column_usage(table_catalog t, table_schema t, table_name t, column_name t, constraint_catalog t, constraint_schema t, constraint_name t)",
        "info.routines(specific_schema t, specific_name t, routine_schema t, routine_name t, routine_type t, data_type t)",
        "info.parameters(specific_schema t, specific_name t, ordinal_position, parameter_mode t, parameter_name t, data_type t)",
        "info.table_privileges(grantor t, grantee t, table_catalog t, table_schema t, table_name t, privilege_type t, is_grantable t)",
        "info.character_sets(character_set_name t, default_collate_catalog t, default_collate_schema t, default_collate_name t)",
    ];

    public static IEnumerable<string> CreateAll => _tables.Select(table =>
    {
        var open = table.IndexOf('(');
        var columns = table[(open + 1)..^1].Split(", ").Select(column => column.Split(' ') switch
        {
            [var name, "t"] => $"\"{name}\" VARCHAR",
            [var name, "b"] => $"\"{name}\" BOOLEAN",
            [var name, "d"] => $"\"{name}\" DOUBLE",
            [var name, "l"] => $"\"{name}\" VARCHAR[]",
            [var name, "n"] => $"\"{name}\" BIGINT[]",
            [var name, ..] => $"\"{name}\" BIGINT",
            _ => throw new InvalidOperationException(),
        });
        return $"CREATE TABLE {table[..open]} ({string.Join(", ", columns)})";
    });
}
