namespace Aspire.Hosting;

/// <summary>The page that CubeProxy serves at <c>/</c>.</summary>
internal static class PageBuilderExtensions
{
    /// <summary>Says where the page has its token from (<c>Floe:PageToken</c>). What is published asks for one: there everybody would look local behind an ingress.</summary>
    public static IResourceBuilder<ProjectResource> WithPageTokens(this IResourceBuilder<ProjectResource> cubeproxy)
    {
        var builder = cubeproxy.ApplicationBuilder;
        return builder.ExecutionContext.IsPublishMode ? cubeproxy : cubeproxy.WithEnvironment("CubePage__Token", builder.GetFloeStack().Settings.PageToken);
    }
}
