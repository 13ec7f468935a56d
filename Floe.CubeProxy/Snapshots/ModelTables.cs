using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>The tables that the model reads.</summary>
public sealed record ModelTables(IReadOnlyList<TableName> Names);
