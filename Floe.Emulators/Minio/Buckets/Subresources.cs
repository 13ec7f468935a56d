using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>
/// The sub-resources of S3 that this store does not keep. Reading a configuration says truthfully that there is none; changing one is
/// refused. A sub-resource is never mistaken for the bucket or object itself: <c>PUT /key?tagging</c> must not write the object.
/// </summary>
internal static class Subresources
{
    private static readonly (string Name, string Code, string What)[] Configurations =
    [
        ("policy", "NoSuchBucketPolicy", "policy"),
        ("lifecycle", "NoSuchLifecycleConfiguration", "lifecycle configuration"),
        ("cors", "NoSuchCORSConfiguration", "CORS configuration"),
        ("website", "NoSuchWebsiteConfiguration", "website configuration"),
        ("encryption", "ServerSideEncryptionConfigurationNotFoundError", "encryption configuration"),
        ("replication", "ReplicationConfigurationNotFoundError", "replication configuration"),
        ("object-lock", "ObjectLockConfigurationNotFoundError", "object lock configuration"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration", "public access block"),
        ("ownershipControls", "OwnershipControlsNotFoundError", "ownership controls"),
        ("tagging", "NoSuchTagSet", "tags"),
    ];

    private static readonly string[] Others =
    [
        "accelerate", "acl", "analytics", "attributes", "intelligent-tiering", "inventory", "legal-hold", "location", "logging", "metrics",
        "notification", "policyStatus", "renameObject", "requestPayment", "restore", "retention", "select", "session", "torrent", "versioning", "versions",
    ];

    /// <summary>The sub-resource that a request names, or null.</summary>
    public static string? Named(QueryParameters query)
    {
        foreach (var (name, _) in query.All)
        {
            if (Array.IndexOf(Others, name) >= 0 || Array.Exists(Configurations, c => c.Name == name))
                return name;
        }
        return null;
    }

    /// <summary>The answer for a sub-resource that the store does not keep.</summary>
    public static S3Exception Refuse(S3Request request, string name)
    {
        if (request.Method == "GET" && request.Key is null && Array.Find(Configurations, c => c.Name == name) is { Code: { } code, What: var what })
            return S3Errors.NotConfigured(code, what);
        return S3Errors.NotImplemented($"{request.Method} ?{name}");
    }
}
