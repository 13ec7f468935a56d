using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.Upstream;

/// <summary>A real Cube behind this service, section <c>Floe:Cube</c> (environment: <c>Floe__Cube__Upstream</c> and so on). Without an address the service answers with its own engine.</summary>
public sealed class UpstreamSettings : IValidatableOptions
{
    public const string Section = "Floe:Cube";

    public const string AddressKey = $"{Section}:{nameof(Upstream)}";

    public const string SqlKey = $"{Section}:{nameof(Sql)}";

    /// <summary>Cube's address: <c>http://host:port</c>.</summary>
    public string? Upstream { get; set; }

    /// <summary>What Cube checks tokens with (its CUBEJS_API_SECRET). This service signs short-lived tokens with it; those of the callers go no further.</summary>
    public string? Secret { get; set; }

    /// <summary>Where Cube's SQL API listens: <c>host:port</c>; needed when this service has a port for SQL.</summary>
    public string? Sql { get; set; }

    /// <summary>How long a caller waits while Cube says "Continue wait".</summary>
    public int DeadlineSeconds { get; set; } = 60;

    public Uri Address => new(Upstream!);

    public (string Host, int Port) SqlAddress => TryReadSql(out var address) ? address : throw new InvalidOperationException($"{SqlKey} was not checked.");

    public TimeSpan Deadline => TimeSpan.FromSeconds(DeadlineSeconds);

    public IEnumerable<string> Validate()
    {
        if (!(Uri.TryCreate(Upstream, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && Upstream!.TrimEnd('/') == uri.GetLeftPart(UriPartial.Authority) && uri.UserInfo.Length == 0))
            // Not shown: a password may stand in it.
            yield return $"{nameof(Upstream)} is not of the form http://host:port or https://host:port; give Cube's address, without user, path or query.";
        if (Secret is not { Length: >= ApiSecret.ShortestOverLakehouse })
            yield return $"{nameof(Secret)} is missing or shorter than {ApiSecret.ShortestOverLakehouse} characters; give the CUBEJS_API_SECRET of the Cube at {AddressKey}.";
        if (!string.IsNullOrEmpty(Sql) && !TryReadSql(out _)) yield return $"{nameof(Sql)} is '{Sql}'; write it as host:port, such as cube:15432.";
        if (DeadlineSeconds is < 1 or > 3600) yield return $"{nameof(DeadlineSeconds)} is {DeadlineSeconds}; give a number from 1 to 3600.";
    }

    private bool TryReadSql(out (string Host, int Port) address)
    {
        var isRead = Uri.TryCreate($"tcp://{Sql}", UriKind.Absolute, out var uri) && uri.Port > 0 && uri is { UserInfo: "", PathAndQuery: "" or "/" } && Sql!.EndsWith($":{uri.Port}", StringComparison.Ordinal);
        address = isRead ? (uri!.DnsSafeHost, uri.Port) : default;
        return isRead;
    }
}
