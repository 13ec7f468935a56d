using Floe.AppHost.Settings;
using Floe.AppHost.Startup;

try
{
    var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DashboardApplicationName = "Floe" });

    // Floe:* settings checked, the data directory claimed, containers or embedded services chosen.
    builder.AddFloe();

    // Storage: PostgreSQL holds what the services know, the S3 store holds the tables.
    var postgres = builder.AddFloePostgres("postgres");
    var polarisDb = postgres.AddFloeDatabase("polarisdb", "polaris");
    var floeDb = postgres.AddFloeDatabase("floedb", "floe");
    var minio = builder.AddMinio("minio");

    // Catalog: Iceberg tables, with a principal that writes and one that only reads.
    var polaris = builder.AddPolaris("polaris", polarisDb, minio);
    var writer = polaris.AddPrincipal("lakehouse-writer");
    var reader = polaris.AddPrincipal("lakehouse-reader");

    // Traces and lineage.
    var jaeger = builder.AddJaeger("jaeger");
    var marquez = builder.AddMarquez("marquez", postgres);

    // The worker: sets up bucket and catalog, generates, loads, transforms.
    var seedworker = builder.AddProject<Projects.Floe_SeedWorker>("seedworker")
        .WithHttpEndpoint()
        .WithReference(floeDb, "floe")
        .WithReference(minio)
        .WithReference(polaris)
        .WithReference(writer, "lakehouse")
        .WithReference(reader, "lakehouse_reader")
        .WithEnvironment("Lakehouse__Bucket", "floe")
        .WithStoreOfTheCatalog(minio)
        .WithDataFolder("Transform__TargetDirectory", "dbt")
        .WithBackups()
        .WithLineage(marquez)
        .WithTracesAlsoTo(jaeger)
        .WithHealth("/health", "http", live: "/alive")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Worker API")
        .WithJobCommands()
        .WaitFor(floeDb)
        .WaitFor(polaris)
        .WaitFor(minio);

    // The semantic layer: Cube's API for analysts and BI tools, before Cube itself where that runs.
    var cube = builder.AddCube("cube", reader, minio);
    var apiSecret = builder.AddParameter("cube-api-secret", SecretParameter.Generated, secret: true, persist: true);
    var sqlPassword = builder.AddParameter("cube-sql-password", SecretParameter.Generated, secret: true, persist: true);
    var cubeproxy = builder.AddProject<Projects.Floe_CubeProxy>("cubeproxy")
        .WithHttpEndpoint()
        .WithSqlApi(sqlPassword)
        .WithReference(minio)
        .WithReference(reader, "lakehouse")
        .WithEnvironment("CUBEJS_API_SECRET", apiSecret)
        .WithUpstream(cube)
        .WithLineage(marquez)
        .WithTracesAlsoTo(jaeger)
        .WithHealth("/health", "http", live: "/alive")
        .WithPageTokens()
        .WithUrlForEndpoint("http", url => url.DisplayText = "Floe page")
        .WithExternalHttpEndpoints()
        .WaitFor(polaris)
        .WaitFor(minio);

    // Proof by facts, in the dashboard and with aspire do verify; and what happens when the store is away.
    seedworker.WithEvidence(cubeproxy, apiSecret, sqlPassword);
    minio.WithOutageCommand(seedworker, cubeproxy, apiSecret);

    // Publishing: Aspire's own chart, and beside it values for Floe's charts; preflight and deployment.
    builder.AddKubernetesEnvironment("k8s").WithHelm(helm => helm.WithChartName("floe").WithChartDescription("Floe, a lakehouse in one command")).WithFloeCharts();

    builder.LimitContainers();
    builder.StopWhenStartFails(polaris.Resource.Name, "postgres", "minio", "seedworker", "cubeproxy");
    builder.StopWithDotnetRun();
    builder.SayWhatToTry(cubeproxy, seedworker, apiSecret);

    var app = builder.Build();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (DistributedApplicationException e)
{
    // One sentence that says what to do; a stack trace would bury it.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
