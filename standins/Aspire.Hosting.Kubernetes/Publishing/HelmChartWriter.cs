using System.Text;
using Aspire.Hosting.Kubernetes.Resources;
using Aspire.Hosting.Kubernetes.Yaml;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Writes a chart into a folder; the same model gives the same bytes.</summary>
internal sealed class HelmChartWriter(string folder)
{
    private const string ChartFile = "Chart.yaml";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public async Task<IReadOnlyList<string>> WriteAsync(HelmChart chart, HelmValues values, IReadOnlyList<KubernetesResource> resources, IEnumerable<(string File, BaseKubernetesResource Object)> shared, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        RemoveTemplatesOfOlderChart();
        List<string> written = [];
        await WriteFileAsync(ChartFile, KubernetesYaml.Write(chart, documentStart: false)).ConfigureAwait(false);
        await WriteFileAsync("values.yaml", KubernetesYaml.Write(values.Roots, documentStart: false)).ConfigureAwait(false);
        foreach (var (file, content) in resources.SelectMany(Files).Concat(shared))
        {
            await WriteFileAsync(Path.Combine("templates", file), KubernetesYaml.Write(content, documentStart: true)).ConfigureAwait(false);
        }

        return written;

        async Task WriteFileAsync(string name, string text)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, Utf8, cancellationToken).ConfigureAwait(false);
            written.Add(name);
        }
    }

    private static IEnumerable<(string, BaseKubernetesResource)> Files(KubernetesResource resource)
    {
        var name = HelmNames.Lower(resource.TargetResource.Name);
        (string Name, BaseKubernetesResource? Object)[] own =
        [
            (resource.Workload?.Kind?.ToLowerInvariant() ?? "workload", resource.Workload),
            ("config", resource.ConfigMap),
            ("secrets", resource.Secret),
            ("service", resource.Service),
            .. resource.Claims.Select(c => ($"{c.Volume}-pvc", (BaseKubernetesResource?)c.Claim)),
            .. resource.AdditionalResources.Select(a => (AdditionalName(name, a), (BaseKubernetesResource?)a)),
        ];
        return own.Where(f => f.Object is not null).Select(f => (Path.Combine(name, $"{f.Name}.yaml"), f.Object!));
    }

    private static string AdditionalName(string resource, BaseKubernetesResource additional)
    {
        var name = additional.Metadata.Name ?? throw new DistributedApplicationException($"An additional {additional.Kind} of resource '{resource}' has no metadata.name.");
        var file = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-'));
        return $"{file}-{additional.Kind?.ToLowerInvariant()}";
    }

    /// <summary>A resource that is gone from the model must be gone from the chart; other people's charts stay untouched.</summary>
    private void RemoveTemplatesOfOlderChart()
    {
        var (chart, templates) = (Path.Combine(folder, ChartFile), Path.Combine(folder, "templates"));
        if (!File.Exists(chart) || !Directory.Exists(templates))
        {
            return;
        }

        if (!File.ReadAllText(chart).Contains(HelmChart.Mark, StringComparison.Ordinal))
        {
            throw new DistributedApplicationException($"'{folder}' holds a chart that was not published from here; choose another folder with --output-path.");
        }

        Directory.Delete(templates, recursive: true);
    }
}
