namespace Floe.CubeProxy.Query;

/// <summary>How the queries of a request belong together.</summary>
public enum QueryType { Regular, CompareDateRange, Blending }

/// <summary>The API's names of query types.</summary>
public static class QueryTypes
{
    public static string ApiName(this QueryType type) => type switch
    {
        QueryType.Regular => "regularQuery",
        QueryType.CompareDateRange => "compareDateRangeQuery",
        _ => "blendingQuery",
    };
}
