using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Storage;

/// <summary>A catalog's <c>storageConfigInfo</c> (Polaris management specification, AwsStorageConfigInfo) as far as the server acts on it.</summary>
/// <param name="Endpoint">What clients are told.</param>
/// <param name="ServerEndpoint">What this server uses.</param>
internal sealed record StorageSettings(IReadOnlyList<S3Location> AllowedLocations, string? Endpoint, string? ServerEndpoint, string? Region, bool PathStyle)
{
    private static readonly string[] s_fields =
    [
        "storageType", "allowedLocations", "storageName", "roleArn", "externalId", "userArn", "currentKmsKey", "allowedKmsKeys", "region",
        "endpoint", "stsEndpoint", "stsUnavailable", "endpointInternal", "pathStyleAccess", "kmsUnavailable",
    ];

    /// <param name="defaultBase">The catalog's default-base-location, which is always allowed.</param>
    /// <exception cref="PolarisException">400: a field breaks the specification, or the storage is not S3.</exception>
    public static StorageSettings Parse(JsonObject json, S3Location defaultBase)
    {
        if (json.RequiredString("storageType") is not "S3" and var type)
            throw PolarisException.IllegalArgument($"Unsupported storage type: {type}; this server supports S3");
        foreach (var (field, _) in json)
            if (!s_fields.Contains(field))
                throw PolarisException.BadRequest($"storageConfigInfo has the field '{field}', which AwsStorageConfigInfo does not know");
        var endpoint = Address(json, "endpoint");
        _ = Address(json, "stsEndpoint");
        _ = json.OptionalBool("stsUnavailable");
        return new(
            json.Strings("allowedLocations").Select(S3Location.Parse).Append(defaultBase).Distinct().ToList(),
            endpoint,
            Address(json, "endpointInternal") ?? endpoint,
            json.OptionalString("region"),
            json.OptionalBool("pathStyleAccess") ?? false);
    }

    public bool Allows(S3Location location) => AllowedLocations.Any(location.IsWithin);

    /// <exception cref="PolarisException">403: the location lies outside of what the catalog may touch.</exception>
    public S3Location Allowed(string location)
    {
        var parsed = S3Location.Parse(location);
        return Allows(parsed)
            ? parsed
            : throw PolarisException.Forbidden($"Invalid location '{location}': it is not within the catalog's allowed locations [{string.Join(", ", AllowedLocations)}]");
    }

    /// <summary>What a client needs besides credentials, which it has itself.</summary>
    public JsonObject ClientConfig()
    {
        var config = new JsonObject();
        if (Endpoint is not null)
            config["s3.endpoint"] = Endpoint;
        if (PathStyle)
            config["s3.path-style-access"] = "true";
        if (Region is not null)
            config["client.region"] = Region;
        return config;
    }

    private static string? Address(JsonObject json, string field) =>
        json.OptionalString(field) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? text.TrimEnd('/')
        : throw PolarisException.BadRequest($"storageConfigInfo.{field} '{text}' must be an absolute http or https address");
}
