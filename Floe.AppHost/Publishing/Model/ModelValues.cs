using System.Text.Json.Nodes;
using Floe.AppHost.Cube;
using Floe.AppHost.Minio;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;
using Floe.AppHost.Settings;

namespace Floe.AppHost.Publishing.Model;

/// <summary>What the application model says about the charts' values: images, databases, names that two services must agree on.</summary>
public static class ModelValues
{
    private const string BucketVariable = "Lakehouse__Bucket";

    // Where each resource's image stands in the charts. A resource without a place would silently be left out of every cluster.
    private static readonly Dictionary<string, string> s_images = new(StringComparer.Ordinal)
    {
        ["postgres"] = "floe-infrastructure.postgresql.image",
        ["minio"] = "floe-infrastructure.minio.image",
        ["polaris"] = "floe-infrastructure.polaris.image",
        ["polaris-bootstrap"] = "floe-infrastructure.polaris.adminToolImage",
        ["jaeger"] = "floe-infrastructure.jaeger.image",
        ["marquez"] = "floe-infrastructure.marquez.image",
        ["marquez-web"] = "floe-infrastructure.marquez.web.image",
        ["seedworker"] = "floe-worker.seedworker.image",
        ["cubeproxy"] = "floe-cube.cubeproxy.image",
        ["cube"] = "floe-cube.cube.image",
    };

    /// <summary>Collects the values; first level: names of charts.</summary>
    /// <exception cref="InvalidDocumentException">A resource has no place in the charts, or its image no full name.</exception>
    public static async Task<JsonObject> CollectAsync(DistributedApplicationModel model, PublishSettings settings, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var values = new JsonObject();
        List<Violation> violations = [];
        foreach (var resource in model.GetComputeResources())
        {
            if (!s_images.TryGetValue(resource.Name, out var path))
            {
                violations.Add(new(resource.Name, "is a resource of the model that no chart has a place for; add it to the charts and to ModelValues, or exclude it from the manifest"));
                continue;
            }
            var image = ImageOf(resource, settings);
            values.Set(path, new JsonObject { ["registry"] = image.Registry, ["repository"] = image.Image, ["tag"] = image.Tag });
        }
        if (violations.Count > 0)
            throw new InvalidDocumentException("The application model", violations);

        // A run with containers sets CubeProxy before Cube.
        values.Set("floe-cube.cubeproxy.upstream", model.Resources.OfType<CubeContainerResource>().Any());
        if (model.Resources.OfType<PostgresServerResource>().FirstOrDefault() is { } postgres)
            values.Set("floe-infrastructure.postgresql.databases", new JsonArray([.. postgres.Databases.Values.Select(name => JsonValue.Create(name))]));
        if (model.Resources.OfType<IMinioResource>().FirstOrDefault() is { } store && await store.RootUser.GetValueAsync(cancellationToken) is { } user)
            values.Set("floe-infrastructure.minio.rootUser", user);
        if (await VariableAsync(model, "seedworker", BucketVariable, execution, cancellationToken) is { } bucket)
            values.Set("floe-worker.lakehouse.bucket", bucket);
        return values;
    }

    /// <summary>The image that a resource runs as in a cluster.</summary>
    /// <exception cref="DistributedApplicationException">The container's image has no full name.</exception>
    public static ImageReference ImageOf(IResource resource, PublishSettings settings)
    {
        if (resource is ProjectResource)
            return settings.ImageOf(resource.Name);
        var image = resource.Annotations.OfType<ContainerImageAnnotation>().Last();
        return ImageReference.Parse($"{image.Registry}/{image.Image}:{image.Tag}");
    }

    private static async Task<string?> VariableAsync(
        DistributedApplicationModel model, string resource, string variable, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        if (model.Resources.FirstOrDefault(r => r.Name == resource) is not { } found)
            return null;
        var context = new EnvironmentCallbackContext(execution, found, cancellationToken: cancellationToken);
        foreach (var annotation in found.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables.GetValueOrDefault(variable) as string;
    }
}
