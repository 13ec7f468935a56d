namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>A statement as SQL of DuckDB.</summary>
/// <param name="Sql">Its columns are called c0, c1, …; empty when only the columns were asked for.</param>
/// <param name="Values">Of $1, $2, …</param>
internal sealed record Translated(string Sql, IReadOnlyList<object> Values, IReadOnlyList<OutputColumn> Columns);
