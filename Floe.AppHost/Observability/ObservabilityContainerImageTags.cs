namespace Floe.AppHost.Observability;

internal static class ObservabilityContainerImageTags
{
    public const string Registry = "docker.io";
    public const string Jaeger = "jaegertracing/jaeger";
    public const string JaegerTag = "2.20.0";
    public const string Marquez = "marquezproject/marquez";
    public const string MarquezWeb = "marquezproject/marquez-web";
    public const string MarquezTag = "0.51.1";
}
