namespace Floe.Emulators.Minio;

/// <summary>What one embedded S3 store needs to know. Not a record: its text must never show the secret.</summary>
public sealed class MinioOptions
{
    /// <summary>Folder of the store; created when missing. One process at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Loopback port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The only access key (<c>MINIO_ROOT_USER</c>): at least 3 characters.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Its secret (<c>MINIO_ROOT_PASSWORD</c>): at least 8 characters.</summary>
    public required string SecretKey { get; init; }

    /// <summary>The clock for signatures, Last-Modified and waiting.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long to wait for a previous process on the same folder that is just ending.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Broken rules, one sentence each, without secret values.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(DataDirectory))
            yield return "--data is empty, but the S3 store needs a folder: give one, for example --data ./data/minio.";
        if (Port is < 0 or > 65535)
            yield return $"--port {Port} is not a TCP port (0 to 65535): give a free one, or 0 for any.";
        if (AccessKey.Length < 3)
            yield return $"MINIO_ROOT_USER has {AccessKey.Length} characters, but at least 3 are needed: set a longer name.";
        if (AccessKey.AsSpan().IndexOfAny('/', ',', '=') >= 0 || AccessKey.Any(c => c is <= ' ' or > '~'))
            yield return "MINIO_ROOT_USER holds a character that an S3 credential cannot carry: use visible ASCII without '/', ',' and '='.";
        if (SecretKey.Length < 8)
            yield return $"MINIO_ROOT_PASSWORD has {SecretKey.Length} characters, but at least 8 are needed: set a longer secret.";
    }
}
