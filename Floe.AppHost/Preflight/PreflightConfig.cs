namespace Floe.AppHost.Preflight;

/// <summary>What is validated before a deployment (data model 007, "PreflightConfig"). Credentials are no part of it: they come from the environment.</summary>
public sealed record PreflightConfig
{
    /// <summary>trino, snowflake, bigquery or duckdb.</summary>
    public string ComputeType { get; init; } = "duckdb";

    /// <summary>Host or URL of the compute engine: Trino's coordinator, Snowflake's account host; optional for BigQuery.</summary>
    public string? ComputeHost { get; init; }

    /// <summary>Its port; null: the engine's own.</summary>
    public int? ComputePort { get; init; }

    /// <summary>s3, gcs or adls.</summary>
    public string StorageType { get; init; } = "s3";

    /// <summary>Bucket or container in which a probe object is written, read and deleted.</summary>
    public string? StorageBucket { get; init; }

    /// <summary>URL of a store that is not the provider's own, e.g. MinIO.</summary>
    public string? StorageEndpoint { get; init; }

    /// <summary>The Iceberg REST API, e.g. <c>https://catalog.example.com/api/catalog</c>.</summary>
    public string? CatalogUri { get; init; }

    /// <summary>The catalog in it.</summary>
    public string CatalogWarehouse { get; init; } = "lakehouse";

    /// <summary>Host of PostgreSQL.</summary>
    public string? PostgresHost { get; init; }

    /// <summary>Port of PostgreSQL.</summary>
    public int PostgresPort { get; init; } = 5432;

    /// <summary>Database of the worker.</summary>
    public string? PostgresDatabase { get; init; }

    /// <summary>Context in the kubeconfig; null: the current one.</summary>
    public string? ClusterContext { get; init; }

    /// <summary>The kubectl program.</summary>
    public string Kubectl { get; init; } = "kubectl";

    /// <summary>Local ports that the documented port-forwards take.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [3000, 4000, 15432];

    /// <summary>Which services are checked.</summary>
    public IReadOnlyList<string> Checks { get; init; } = PreflightService.All;

    /// <summary>For all checks together, 5 to 300.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Environment that is validated, for the report.</summary>
    public string? Environment { get; init; }
}

/// <summary>Names of what is checked.</summary>
public static class PreflightService
{
    public const string Compute = "compute";
    public const string Storage = "storage";
    public const string Catalog = "catalog";
    public const string Postgres = "postgres";
    public const string Cluster = "cluster";

    /// <summary>In the order of the report.</summary>
    public static IReadOnlyList<string> All { get; } = [Compute, Storage, Catalog, Postgres, Cluster];
}
