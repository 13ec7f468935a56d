using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Pipelines;

internal sealed class PipelineOutputService(IConfiguration configuration, IOptions<PipelineOptions> options) : IPipelineOutputService, IDisposable
{
    private readonly Lazy<string> _temporary = new(() => Directory.CreateTempSubdirectory("floe-pipeline-").FullName);

    public string GetOutputDirectory() => options.Value.OutputPath is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : Path.Combine(configuration["AppHost:Directory"] ?? Environment.CurrentDirectory, "aspire-output");

    public string GetOutputDirectory(IResource resource) => Path.Combine(GetOutputDirectory(), resource.Name);

    public string GetTempDirectory() => _temporary.Value;

    public string GetTempDirectory(IResource resource) => Directory.CreateDirectory(Path.Combine(_temporary.Value, resource.Name)).FullName;

    public void Dispose()
    {
        if (_temporary.IsValueCreated && Directory.Exists(_temporary.Value))
        {
            Directory.Delete(_temporary.Value, recursive: true);
        }
    }
}
