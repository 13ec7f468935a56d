namespace Floe.CubeProxy.Planning;

/// <summary>
/// A time of any type as UTC without a zone, as a function of the engine. Casting a time with a zone goes through a calendar library for every
/// row, thirty times as slow as this.
/// </summary>
internal static class UtcTime
{
    private const string Function = "floe_utc";

    public static string Of(string sql) => $"{Function}({sql})";

    /// <summary>Makes the function known to connections that stand in a catalog.</summary>
    public static string CreateIn(string catalog) =>
        $"CREATE MACRO {catalog}.main.{Function}(t TIMESTAMPTZ) AS make_timestamp(epoch_us(t)), (t TIMESTAMP) AS t, (t TIMESTAMP_NS) AS t::TIMESTAMP, (t TIMESTAMP_MS) AS t::TIMESTAMP, (t TIMESTAMP_S) AS t::TIMESTAMP, (t DATE) AS t::TIMESTAMP, (t VARCHAR) AS t::TIMESTAMP";
}
