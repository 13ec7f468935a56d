using System.Collections;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A model's settings: those of its folders in <c>dbt_project.yml</c>, over them those of its YAML file, over them its own <c>config(...)</c>.</summary>
public sealed class ModelConfig
{
    private const string Namespace = "iceberg_namespace";
    private const string SortKey = "iceberg_sort";
    private readonly Dictionary<string, object?> _meta = new(StringComparer.Ordinal);
    private readonly List<string> _tags = [];

    /// <summary>How it is kept.</summary>
    public Materialization Materialized { get; private set; } = Materialization.View;

    /// <summary>How an incremental model takes new rows.</summary>
    public IncrementalStrategy Strategy { get; private set; } = IncrementalStrategy.DeleteInsert;

    /// <summary>The columns that tell an incremental model's rows, or groups of rows, apart.</summary>
    public IReadOnlyList<string> UniqueKey { get; private set; } = [];

    /// <summary>Conditions in SQL for the rows of an incremental model that a run's rows may take the place of, which are <c>DBT_INTERNAL_DEST</c> in them;
    /// others are not looked at.</summary>
    public IReadOnlyList<string> IncrementalPredicates { get; private set; } = [];

    /// <summary>What a change of columns does to an incremental model.</summary>
    public SchemaChange OnSchemaChange { get; private set; } = SchemaChange.Fail;

    /// <summary>Tags, for <c>--select tag:</c>.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>What is said of the model besides.</summary>
    public IReadOnlyDictionary<string, object?> Meta => _meta;

    /// <summary>Namespace of the Iceberg table that it is landed in, or null when it is not landed.</summary>
    public string? IcebergNamespace => _meta.GetValueOrDefault(Namespace) as string;

    /// <summary>Column that the Iceberg table's files are sorted by, or null.</summary>
    public string? IcebergSort => _meta.GetValueOrDefault(SortKey) as string;

    /// <summary>Takes one setting over.</summary>
    /// <exception cref="DbtException">It is not supported.</exception>
    internal void Set(string key, object? value, string file, int line)
    {
        switch (key)
        {
            case "materialized":
                Materialized = value switch
                {
                    "view" => Materialization.View,
                    "table" => Materialization.Table,
                    "incremental" => Materialization.Incremental,
                    "ephemeral" => Materialization.Ephemeral,
                    _ => throw new DbtException(file, line, $"materialized='{value}' is not supported; it must be 'view', 'table', 'incremental' or 'ephemeral'."),
                };
                break;
            case "incremental_strategy":
                Strategy = value switch
                {
                    "append" => IncrementalStrategy.Append,
                    "delete+insert" => IncrementalStrategy.DeleteInsert,
                    "merge" => IncrementalStrategy.Merge,
                    _ => throw new DbtException(file, line, $"incremental_strategy='{value}' is not supported; it must be 'delete+insert', 'merge' or 'append'."),
                };
                break;
            case "unique_key":
                UniqueKey = Texts(value) is { Count: > 0 } columns ? columns : throw new DbtException(file, line, "unique_key must be the name of a column, or a list of names.");
                break;
            case "incremental_predicates":
                IncrementalPredicates = Texts(value) is { Count: > 0 } predicates && predicates.All(p => !string.IsNullOrWhiteSpace(p))
                    ? predicates : throw new DbtException(file, line, "incremental_predicates must be a list of conditions in SQL, [\"DBT_INTERNAL_DEST.day >= current_date - 7\"].");
                break;
            case "on_schema_change":
                OnSchemaChange = value switch
                {
                    "fail" => SchemaChange.Fail,
                    "append_new_columns" => SchemaChange.AppendNewColumns,
                    _ => throw new DbtException(file, line, $"on_schema_change='{value}' is not supported; it must be 'fail' or 'append_new_columns' (others lose columns without a word)."),
                };
                break;
            case "tags":
                _tags.AddRange((Texts(value) ?? throw new DbtException(file, line, "tags must be a text or a list of texts.")).Except(_tags));
                break;
            case "meta":
                foreach (DictionaryEntry entry in value as IDictionary ?? throw new DbtException(file, line, "meta must be a mapping."))
                    SetMeta((string)entry.Key, entry.Value, file, line);
                break;
            default:
                throw new DbtException(file, line, $"config '{key}' is not supported; supported are materialized, incremental_strategy, unique_key, incremental_predicates, on_schema_change, tags and meta.");
        }
    }

    /// <summary>Checks what only makes sense together.</summary>
    internal void Check(string file, int line)
    {
        if (Materialized == Materialization.Incremental && UniqueKey.Count == 0 && Strategy != IncrementalStrategy.Append)
            throw new DbtException(file, line, "An incremental model needs a unique_key, or incremental_strategy='append'.");
        if (Materialized == Materialization.Incremental && UniqueKey.Count > 0 && Strategy == IncrementalStrategy.Append)
            throw new DbtException(file, line, "incremental_strategy='append' adds rows whatever their unique_key is; leave the key out, or use 'delete+insert' or 'merge'.");
        if (IncrementalPredicates.Count > 0 && (Materialized != Materialization.Incremental || Strategy == IncrementalStrategy.Append))
            throw new DbtException(file, line, "incremental_predicates say which rows an incremental model's new rows may replace; the model replaces none: take them away, or make it incremental with a unique_key.");
        if (Materialized is Materialization.View or Materialization.Ephemeral && IcebergNamespace is not null)
            throw new DbtException(file, line, $"{(Materialized == Materialization.View ? "A view" : "An ephemeral model")} cannot be landed in an Iceberg table; make it a table or incremental, or take meta.iceberg_namespace away.");
    }

    private static IReadOnlyList<string>? Texts(object? value) => value switch
    {
        string text => [text],
        IEnumerable<object?> list when list.All(v => v is string) => [.. list.Cast<string>()],
        _ => null,
    };

    private void SetMeta(string key, object? value, string file, int line)
    {
        if (key is Namespace or SortKey && value is not string { Length: > 0 })
            throw new DbtException(file, line, $"meta.{key} must be a text: {(key == Namespace ? "the namespace that the model's table is landed in" : "the column that its files are sorted by")}.");
        if (key.StartsWith("iceberg_", StringComparison.Ordinal) && key is not (Namespace or SortKey))
            throw new DbtException(file, line, $"meta.{key} is not known; there are {Namespace} and {SortKey}.");
        _meta[key] = value;
    }
}
