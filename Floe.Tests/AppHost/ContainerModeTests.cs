using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Values;
using Floe.AppHost.Settings;
using Floe.Tests.Aspire;
using Floe.Tests.Clients;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.AppHost;

/// <summary>What the containers of a run get: variables, files, volumes.</summary>
public sealed class ContainerModeTests
{
    private static readonly string s_repository = Path.GetFullPath(Path.Combine(NodeScript.Modules, ".."));

    [Fact]
    public async Task Marquez_has_the_configuration_that_its_variable_names_and_every_variable_in_that()
    {
        var builder = Compose();
        var marquez = builder.AddMarquez("marquez", builder.AddFloePostgres("postgres")).Resource;
        var variables = await VariablesAsync(marquez);
        var mount = Assert.Single(marquez.Annotations.OfType<ContainerMountAnnotation>());
        Assert.Equal((variables["MARQUEZ_CONFIG"], true, ContainerMountType.BindMount), (mount.Target, mount.IsReadOnly, mount.Type));
        var text = await File.ReadAllTextAsync(mount.Source!);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(s_repository, "charts", "floe-infrastructure", "files", "marquez.yml")), text);
        foreach (var name in Regex.Matches(text, @"\$\{(\w+)\}").Select(match => match.Groups[1].Value))
            Assert.Contains(name, variables.Keys);
    }

    [Fact]
    public async Task Polaris_signs_tokens_with_a_key_that_is_made_once_and_kept()
    {
        var builder = Compose();
        var polaris = builder.AddPolaris("polaris", builder.AddFloePostgres("postgres").AddFloeDatabase("polarisdb", "polaris"), builder.AddMinio("minio")).Resource;
        var variables = await VariablesAsync(polaris);
        Assert.Equal("symmetric-key", variables["POLARIS_AUTHENTICATION_TOKEN_BROKER_TYPE"]);
        var key = Assert.IsType<ParameterResource>(variables["POLARIS_AUTHENTICATION_TOKEN_BROKER_SYMMETRIC_KEY_SECRET"], exactMatch: false);
        Assert.Equal(("polaris-token-key", true), (key.Name, key.Secret));
        // Polaris demands 32 characters.
        Assert.InRange((await key.GetValueAsync(default))!.Length, 32, 256);
        // As the other secrets, which are kept in user secrets.
        var root = builder.Resources.OfType<ParameterResource>().Single(p => p.Name == "polaris-root-secret");
        Assert.Equal(root.Default?.GetType(), key.Default?.GetType());
    }

    [Fact]
    public async Task Services_send_their_traces_to_Jaeger_too()
    {
        var builder = Compose();
        var service = builder.AddResource(new ProjectResource("service")).WithTracesAlsoTo(builder.AddJaeger("jaeger"));
        var address = Assert.IsType<EndpointReference>((await VariablesAsync(service.Resource))["Telemetry__TracesAlsoTo"]);
        Assert.Equal(("jaeger", "otlp-grpc", 4317), (address.Resource.Name, address.EndpointName, address.TargetPort));
    }

    /// <summary>Catalog and store are containers and see each other by names of their own; the worker is none and sees them by others.</summary>
    [Theory]
    [InlineData(true, "http://minio.dev.internal:9000")]
    [InlineData(false, null)]
    public async Task The_worker_tells_the_catalog_by_which_name_it_finds_the_store(bool useContainers, string? expected)
    {
        using var data = useContainers ? null : DataDirectory.Claim(Directory.CreateTempSubdirectory("floe-data-").FullName);
        var builder = Compose(useContainers, data);
        var worker = builder.AddExecutable("worker", "true", ".").WithStoreOfTheCatalog(builder.AddMinio("minio"));
        var variables = await VariablesAsync(worker.Resource);
        Assert.Equal(expected, variables.GetValueOrDefault("Bootstrap__CatalogStoreEndpoint") is ReferenceExpression value ? await value.GetValueAsync(default) : null);
    }

    [Fact]
    public void Volumes_are_of_this_application_and_not_of_every_one_on_the_machine()
    {
        var builder = Compose();
        builder.AddMinio("minio");
        builder.AddFloePostgres("postgres");
        var volumes = builder.Resources.SelectMany(r => r.Annotations.OfType<ContainerMountAnnotation>()).Where(m => m.Type == ContainerMountType.Volume).ToDictionary(m => m.Target, m => m.Source);
        Assert.Matches("^floe.+-[0-9a-f]{10}-minio-data$", volumes["/data"]);
        Assert.Matches("^floe.+-[0-9a-f]{10}-postgres-data$", volumes["/var/lib/postgresql"]);
    }

    [Fact]
    public void The_stand_in_images_have_the_names_that_the_model_asks_for()
    {
        var model = ComposeAll().Resources.SelectMany(r => r.Annotations.OfType<ContainerImageAnnotation>()).Select(i => $"{i.Registry}/{i.Image}:{i.Tag}");
        var script = Regex.Matches(File.ReadAllText(Path.Combine(s_repository, "build", "standin-images.sh")), "^  \"(\\S+) \\S+ \\d+:\\d+\"$", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal(model.Order(StringComparer.Ordinal), script.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, "cube 1024m 1, jaeger 512m 0.5, marquez 1536m 1, marquez-web 512m 0.5, minio 512m 0.5, polaris 1536m 1, polaris-bootstrap 1536m 1, postgres 1024m 1")]
    [InlineData("medium", "cube 2048m 2, jaeger 1024m 1, marquez 2048m 2, marquez-web 1024m 1, minio 1024m 1, polaris 2048m 2, polaris-bootstrap 2048m 2, postgres 2048m 2")]
    public void Every_container_has_a_limit_of_memory_and_cpu(string? size, string expected)
    {
        var builder = ComposeAll(("Floe:ContainerSize", size));
        builder.LimitContainers();
        Assert.Equal(expected, string.Join(", ", builder.Resources.OfType<ContainerResource>().OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => $"{c.Name} {Argument(c, "--memory")} {Argument(c, "--cpus")}")));
    }

    [Fact]
    public void The_limits_are_those_of_the_charts()
    {
        var helper = File.ReadAllText(Path.Combine(s_repository, "charts", "floe-infrastructure", "templates", "_floe.tpl"));
        var presets = Yaml.Read("floe.presets", Regex.Match(helper, @"define ""floe\.presets"" -}}\n(.*?)\n\{\{- end", RegexOptions.Singleline).Groups[1].Value);
        foreach (var name in (string[])["small", "medium", "large"])
        {
            var size = ResourcePreset.Find(name)!;
            foreach (var (kind, own) in new[] { ("service", size.Daemon), ("engine", size.UserCode), ("java", ComponentSizes.Java(size)), ("database", ComponentSizes.Database(size)) })
                Assert.Equal(presets[name]![kind]!.ToJsonString(), own.ToValues().ToJsonString());
        }
    }

    private static string Argument(ContainerResource container, string name)
    {
        List<object> arguments = [];
        foreach (var annotation in container.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>()) annotation.Callback(arguments);
        return Assert.Single(arguments.OfType<string>(), a => a.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];
    }

    /// <summary>Everything that runs as a container.</summary>
    private static IDistributedApplicationBuilder ComposeAll(params (string Key, string? Value)[] settings)
    {
        var builder = Compose(settings: settings);
        var minio = builder.AddMinio("minio");
        var postgres = builder.AddFloePostgres("postgres");
        var polaris = builder.AddPolaris("polaris", postgres.AddFloeDatabase("polarisdb", "polaris"), minio);
        builder.AddJaeger("jaeger");
        builder.AddMarquez("marquez", postgres);
        builder.AddCube("cube", polaris.AddPrincipal("lakehouse-reader"), minio);
        return builder;
    }

    private static IDistributedApplicationBuilder Compose(bool useContainers = true, DataDirectory? data = null, params (string Key, string? Value)[] settings)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], AssemblyName = "Floe.AppHost", DisableDashboard = true, ProjectDirectory = Path.Combine(s_repository, "Floe.AppHost") });
        builder.Services.AddSingleton(new FloeStack(FloeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build()), useContainers, "a test", data));
        return builder;
    }

    private static async Task<Dictionary<string, object>> VariablesAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);
        return context.EnvironmentVariables;
    }
}
