using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Utils;

/// <summary>Names volumes so that two AppHosts do not share one by accident.</summary>
public static partial class VolumeNameGenerator
{
    /// <summary><c>{application}-{10 hex digits of the AppHost}-{resource}-{suffix}</c>.</summary>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix) where T : IResource
    {
        ArgumentException.ThrowIfNullOrEmpty(suffix);
        var application = builder.ApplicationBuilder;
        var name = Invalid().Replace(application.Environment.ApplicationName.ToLowerInvariant(), "_");
        var hash = application.Configuration["AppHost:Sha256"]!.ToLowerInvariant()[..10];
        return $"{name}-{hash}-{builder.Resource.Name}-{suffix}";
    }

    [GeneratedRegex("[^a-zA-Z0-9_.-]")]
    private static partial Regex Invalid();
}
