using System.Text;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>Everything that an answer of <c>/v1/load</c> depends on.</summary>
internal static class LoadKey
{
    /// <param name="set">The normalised queries.</param>
    /// <param name="isMulti">Whether the answer has the form of <c>queryType=multi</c>.</param>
    /// <param name="rights">The caller's; empty where all callers see the same.</param>
    /// <param name="snapshots">Id of the set of snapshots.</param>
    public static string Of(QuerySet set, bool isMulti, string rights, string snapshots)
    {
        var query = JsonAnswer.Build(json =>
        {
            json.WriteStartArray();
            foreach (var one in set.Queries) QueryEcho.Write(json, one);
            json.WriteEndArray();
        });
        return $"{snapshots}\n{rights}\n{set.Type}{(isMulti ? " multi" : "")}\n{Encoding.UTF8.GetString(query.Span)}";
    }
}
