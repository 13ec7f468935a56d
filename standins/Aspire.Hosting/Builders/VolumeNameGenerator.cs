using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Utils;

/// <summary>Names volumes so that AppHosts in different folders do not share them.</summary>
public static class VolumeNameGenerator
{
    private const int HashLength = 10;

    /// <summary><c>{application}-{hash of the AppHost}-{resource}-{suffix}</c>, in the characters that volume names allow.</summary>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix) where T : IResource
    {
        ArgumentException.ThrowIfNullOrEmpty(suffix);
        var application = string.Concat(builder.ApplicationBuilder.Environment.ApplicationName.ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_'));
        var hash = builder.ApplicationBuilder.Configuration["AppHost:Sha256"]?.ToLowerInvariant() ?? "";
        return $"{application}-{hash[..Math.Min(HashLength, hash.Length)]}-{builder.Resource.Name}-{suffix}";
    }
}
