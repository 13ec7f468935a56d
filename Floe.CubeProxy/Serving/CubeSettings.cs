using System.Text.RegularExpressions;
using Floe.CubeProxy.Execution;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.Serving;

/// <summary>Settings of the service, section <c>Cube</c> (environment: <c>Cube__QueryTimeoutSeconds</c> and so on).</summary>
public sealed partial class CubeSettings : IValidatableOptions
{
    public const string Section = "Cube";

    /// <summary>Origins whose pages may ask, separated by commas; <c>*</c>: all.</summary>
    public string AllowedOrigins { get; set; } = "*";

    /// <summary>Memory for kept answers, in MB; 0: none are kept.</summary>
    public int CacheMegabytes { get; set; } = 64;

    /// <summary>The engine's memory, tables included, in DuckDB's form: 512MB, 4GB.</summary>
    public string MemoryLimit { get; set; } = new EngineOptions().MemoryLimit;

    /// <summary>A query that takes longer is cancelled.</summary>
    public int QueryTimeoutSeconds { get; set; } = (int)new EngineOptions().QueryTimeout.TotalSeconds;

    /// <summary>Queries that run at the same time; others wait their turn.</summary>
    public int ConcurrentQueries { get; set; } = new EngineOptions().ConcurrentQueries;

    public IReadOnlyList<string> Origins => AllowedOrigins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public EngineOptions Engine => new() { MemoryLimit = MemoryLimit, QueryTimeout = TimeSpan.FromSeconds(QueryTimeoutSeconds), ConcurrentQueries = ConcurrentQueries };

    public IEnumerable<string> Validate()
    {
        foreach (var origin in Origins.Where(origin => origin != "*" && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && origin == uri.GetLeftPart(UriPartial.Authority))))
            yield return $"{nameof(AllowedOrigins)} has '{origin}'; an origin is written https://host or https://host:port, without a path, or * for all.";
        if (CacheMegabytes is < 0 or > 65_536) yield return $"{nameof(CacheMegabytes)} is {CacheMegabytes}; give a number from 0 (nothing is kept) to 65536.";
        if (!Size().IsMatch(MemoryLimit)) yield return $"{nameof(MemoryLimit)} is '{MemoryLimit}'; write it as 512MB or 4GB.";
        if (QueryTimeoutSeconds is < 1 or > 3600) yield return $"{nameof(QueryTimeoutSeconds)} is {QueryTimeoutSeconds}; give a number from 1 to 3600.";
        if (ConcurrentQueries is < 1 or > 256) yield return $"{nameof(ConcurrentQueries)} is {ConcurrentQueries}; give a number from 1 to 256.";
    }

    [GeneratedRegex(@"^[1-9]\d{0,6}(MB|GB)\z")]
    private static partial Regex Size();
}
