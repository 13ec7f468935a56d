using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>One table's part of a commit (Iceberg REST specification, CommitTableRequest).</summary>
internal sealed record TableChange(TableIdentifier Identifier, IReadOnlyList<JsonObject> Requirements, IReadOnlyList<JsonObject> Updates)
{
    /// <param name="identifier">From the path; null where the body must carry it.</param>
    public static TableChange Parse(JsonObject body, TableIdentifier? identifier)
    {
        var inBody = body.OptionalObject("identifier") is { } json ? TableIdentifier.Parse(json) : null;
        if (identifier is not null && inBody is not null && inBody.ToString() != identifier.ToString())
            throw PolarisException.BadRequest($"The body's identifier {inBody} is not the path's {identifier}");
        _ = body.RequiredArray("requirements");
        _ = body.RequiredArray("updates");
        return new(
            identifier ?? inBody ?? throw PolarisException.BadRequest("A table change of a transaction has no 'identifier'; the specification requires it"),
            body.Objects("requirements").ToList(),
            body.Objects("updates").ToList());
    }
}

/// <summary>A table as it is after a commit.</summary>
/// <param name="Metadata">The bytes of the metadata file.</param>
internal sealed record CommittedTable(Store.Entity Entity, string MetadataLocation, byte[] Metadata);
