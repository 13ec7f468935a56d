using Floe.Lakehouse;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateSlimBuilder(args);
try
{
    builder.AddServiceDefaults();
    builder.AddSeedWorker();
}
catch (ConfigurationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ServiceRunner.ConfigurationError;
}

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapJobsApi();
return await app.RunServiceAsync();
