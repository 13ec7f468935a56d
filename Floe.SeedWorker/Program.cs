using Floe.SeedWorker;
using Floe.SeedWorker.Generation.CommandLine;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform.CommandLine;
using Floe.ServiceDefaults.Configuration;

if (args is ["generate", .. var options])
    return await GenerateCommand.RunAsync(options);
if (args is ["dbt", .. var dbt])
    return await DbtCommand.RunAsync(dbt, Console.Out, Console.Error, TimeProvider.System, default);
if (args is [var word, ..] && !word.StartsWith('-'))
{
    await Console.Error.WriteLineAsync($"'{word}' is no verb; there are generate and dbt (see generate --help), and without a verb the worker itself starts.");
    return GenerateCommand.UsageError;
}

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
