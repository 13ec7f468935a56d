using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.ProjectModel;

/// <summary>Endpoints that a project configures for Kestrel itself (<c>Kestrel:Endpoints:{name}:Url</c>).</summary>
internal static class KestrelEndpoints
{
    public static IReadOnlyList<(string? Name, Uri Url)> Read(string projectPath, string environmentName)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(Path.GetDirectoryName(projectPath)!)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{environmentName}.json", optional: true)
            .Build();
        return
        [
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren()
                .Where(e => e["Url"] is { Length: > 0 })
                .Select(e => ((string?)e.Key.ToLowerInvariant(), ProjectUrl.Parse(e["Url"]!, projectPath))),
        ];
    }
}
