namespace Floe.CubeProxy.Planning;

/// <summary>The granularities of a time dimension; names are also DuckDB's for <c>date_trunc</c>.</summary>
internal static class Granularities
{
    private static readonly string[] _finestFirst = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

    public static bool IsKnown(string name) => Array.IndexOf(_finestFirst, name) >= 0;

    /// <summary>0 is the finest.</summary>
    public static int Coarseness(string name) => Array.IndexOf(_finestFirst, name);

    /// <summary>The granularity itself and the finer ones that it is made of.</summary>
    public static IReadOnlyList<string> FinerThan(string name) =>
        [.. _finestFirst.Reverse().SkipWhile(each => each != name).Where(each => each == name || each != "week")];
}
