namespace Floe.Emulators.Polaris.Store;

/// <summary>What an entity is. The codes are stored.</summary>
internal enum EntityType : short
{
    Root = 1,
    Principal = 2,
    PrincipalRole = 3,
    Catalog = 4,
    CatalogRole = 5,
    Namespace = 6,
    Table = 7,
}

/// <summary>One thing that the catalog knows: everything with a name, a version and grants is an entity.</summary>
/// <param name="Id">Unique in the realm, never used again.</param>
/// <param name="CatalogId">The catalog that it lives in, 0 for top-level entities.</param>
/// <param name="ParentId">Catalog or namespace above it; null only for the root.</param>
/// <param name="Version">Grows by one with every change: the number that compare-and-swap compares.</param>
/// <param name="Properties">What users set and see.</param>
/// <param name="Internal">What only the server sets: a table's metadata location, a catalog's storage settings.</param>
/// <param name="Location">Base location without a trailing slash, where the entity has one.</param>
/// <param name="CreatedAt">Milliseconds since 1970 UTC.</param>
/// <param name="UpdatedAt">Milliseconds since 1970 UTC.</param>
internal sealed record Entity(
    long Id,
    long CatalogId,
    long? ParentId,
    EntityType Type,
    string Name,
    int Version,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string> Internal,
    string? Location,
    long CreatedAt,
    long UpdatedAt)
{
    /// <summary>The entity above everything; grants on it are grants on the service.</summary>
    public const long RootId = 0;

    /// <summary>Parent of top-level entities, and the "catalog" of those that live in none.</summary>
    public const long NoCatalog = 0;

    public static readonly IReadOnlyDictionary<string, string> NoProperties = new Dictionary<string, string>();
}
