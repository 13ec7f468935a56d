using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Floe.AppHost.Settings;
using Floe.Tests.Aspire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.AppHost;

/// <summary>With containers CubeProxy is set before Cube; without, it answers itself.</summary>
public sealed class CubeTests
{
    [Fact]
    public async Task With_containers_the_proxy_knows_Cube_and_its_secret_and_Cube_the_tables()
    {
        var (cube, proxy) = Compose(useContainers: true);
        Assert.NotNull(cube);
        var variables = await VariablesAsync(proxy);
        Assert.Same(cube, Assert.IsType<EndpointReference>(variables["Floe__Cube__Upstream"]).Resource);
        Assert.Contains("Floe__Cube__Sql", variables.Keys);
        // Callers' tokens, signed with the service's own secret, are worth nothing at Cube.
        var ofCube = await VariablesAsync(cube);
        Assert.Equal(variables["Floe__Cube__Secret"], ofCube["CUBEJS_API_SECRET"]);
        Assert.NotEqual(variables["CUBEJS_API_SECRET"], ofCube["CUBEJS_API_SECRET"]);

        // Everything that cube.js reads, and the files it is.
        var script = await File.ReadAllTextAsync(Mounts(cube).Single(mount => mount.Target == "/cube/conf/cube.js").Source!);
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(script, @"\b(FLOE|CUBEJS)_\w+").Select(match => match.Value).Distinct().Except(["CUBEJS_SQL_USER", "CUBEJS_SQL_PASSWORD"])) Assert.Contains(name, ofCube.Keys);
        Assert.NotEmpty(Directory.EnumerateFiles(Mounts(cube).Single(mount => mount.Target == "/cube/conf/model").Source!, "*.yml"));
        Assert.All(Mounts(cube), mount => Assert.True(mount.IsReadOnly));
    }

    [Fact]
    public async Task Embedded_it_knows_of_none()
    {
        var (cube, proxy) = Compose(useContainers: false);
        Assert.Null(cube);
        Assert.DoesNotContain((await VariablesAsync(proxy)).Keys, name => name.StartsWith("Floe__", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "memory")]
    [InlineData("true", "cubestore")]
    public async Task Cubes_cache_is_in_memory_or_in_Cube_Store(string? setting, string expected)
    {
        var (cube, _) = Compose(useContainers: true, ("Floe:CubeStore", setting));
        var variables = await VariablesAsync(cube!);
        Assert.Equal(expected, variables["CUBEJS_CACHE_AND_QUEUE_DRIVER"]);
        if (setting is null)
        {
            Assert.DoesNotContain("CUBEJS_CUBESTORE_HOST", variables.Keys);
            return;
        }

        var store = Assert.IsType<EndpointReferenceExpression>(variables["CUBEJS_CUBESTORE_PORT"]).Endpoint;
        Assert.Equal(("cubestore", 3030), (store.Resource.Name, store.EndpointAnnotation.TargetPort));
        var mount = Assert.Single(Mounts(store.Resource));
        Assert.Equal(mount.Target, (await VariablesAsync(store.Resource))["CUBESTORE_REMOTE_DIR"]);
        Assert.Contains(store.Resource, cube!.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource));
    }

    private static (IResource? Cube, IResource Proxy) Compose(bool useContainers, params (string Key, string? Value)[] settings)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], DisableDashboard = true, ProjectDirectory = Path.Combine(Clients.NodeScript.Modules, "..", "Floe.AppHost") });
        using var data = useContainers ? null : DataDirectory.Claim(Directory.CreateTempSubdirectory("floe-data-").FullName);
        builder.Services.AddSingleton(new FloeStack(FloeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build()), useContainers, "a test", data));
        var minio = builder.AddMinio("minio");
        var polaris = builder.AddPolaris("polaris", builder.AddFloePostgres("postgres").AddFloeDatabase("polarisdb", "polaris"), minio);
        var cube = builder.AddCube("cube", polaris.AddPrincipal("lakehouse-reader"), minio);
        var proxy = builder.AddExecutable("cubeproxy", "true", ".").WithEnvironment("CUBEJS_API_SECRET", builder.AddParameter("cube-api-secret", "the callers'", secret: true)).WithUpstream(cube);
        return (cube?.Resource, proxy.Resource);
    }

    private static IEnumerable<ContainerMountAnnotation> Mounts(IResource resource) => resource.Annotations.OfType<ContainerMountAnnotation>();

    private static async Task<Dictionary<string, object>> VariablesAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);
        return context.EnvironmentVariables;
    }
}
