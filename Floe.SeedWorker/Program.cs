using Floe.SeedWorker;
using Floe.SeedWorker.Jobs;
using Floe.ServiceDefaults.Configuration;

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
