using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Connections;

if (args is ["--help" or "-h"])
{
    Console.WriteLine($"""
        Answers Cube's REST and SQL API from lakehouse tables, or from a folder of CSV and Parquet files.
        {CubeServerOptions.Usage}
        """);
    return 0;
}

try
{
    await using var app = CubeServer.Create(CubeServerOptions.Parse(args));
    return await app.RunServiceAsync();
}
catch (ConfigurationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ServiceRunner.ConfigurationError;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{e.Message} Stop what listens there, or give another --port (0: any free one).");
    return ServiceRunner.ConfigurationError;
}
