namespace Floe.CubeProxy.SqlApi;

/// <summary>A column of a statement's result.</summary>
internal sealed record OutputColumn(string Name, SqlType Type);
