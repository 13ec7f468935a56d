using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Kubernetes;

/// <summary>What the chart is called and where it is meant to be installed.</summary>
public sealed class HelmChartOptions
{
    internal ReferenceExpression? ChartName { get; private set; }

    internal ReferenceExpression? ChartVersion { get; private set; }

    internal ReferenceExpression? ChartDescription { get; private set; }

    internal ReferenceExpression? Namespace { get; private set; }

    internal ReferenceExpression? ReleaseName { get; private set; }

    public HelmChartOptions WithChartName(string name) => Set(() => ChartName = Text(name));

    public HelmChartOptions WithChartName(IResourceBuilder<ParameterResource> name) => Set(() => ChartName = Text(name));

    public HelmChartOptions WithChartVersion(string version) => Set(() => ChartVersion = Text(version));

    public HelmChartOptions WithChartVersion(IResourceBuilder<ParameterResource> version) => Set(() => ChartVersion = Text(version));

    public HelmChartOptions WithChartDescription(string description) => Set(() => ChartDescription = Text(description));

    public HelmChartOptions WithChartDescription(IResourceBuilder<ParameterResource> description) => Set(() => ChartDescription = Text(description));

    public HelmChartOptions WithNamespace(string @namespace) => Set(() => Namespace = Text(@namespace));

    public HelmChartOptions WithNamespace(IResourceBuilder<ParameterResource> @namespace) => Set(() => Namespace = Text(@namespace));

    public HelmChartOptions WithReleaseName(string releaseName) => Set(() => ReleaseName = Text(releaseName));

    public HelmChartOptions WithReleaseName(IResourceBuilder<ParameterResource> releaseName) => Set(() => ReleaseName = Text(releaseName));

    private static ReferenceExpression Text(string text) => ReferenceExpression.Create($"{text}");

    private static ReferenceExpression Text(IResourceBuilder<ParameterResource> parameter) => ReferenceExpression.Create($"{parameter.Resource}");

    private HelmChartOptions Set(Action change)
    {
        change();
        return this;
    }
}
