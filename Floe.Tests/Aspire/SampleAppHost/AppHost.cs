using Microsoft.Extensions.Configuration;

// Settings of the tests: Sample:Marker is an argument by which the test finds the processes again, Sample:Port fixes the
// public port, Sample:Stubborn adds a process that ignores the polite request, Sample:Wait one that waits for ever.
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
var marker = builder.Configuration["Sample:Marker"] ?? "none";
var password = builder.AddParameter("generated", new GenerateParameterDefault { MinLength = 20, Special = false }, secret: true, persist: true);

const string Server = "require('http').createServer((q, r) => r.end(process.env.PASSWORD)).listen(Number(process.env.PORT), 'localhost')";
var web = builder.AddExecutable("web", "node", ".", "-e", Server, marker)
    .WithHttpEndpoint(port: builder.Configuration.GetValue<int?>("Sample:Port"), env: "PORT")
    .WithEnvironment("PASSWORD", password)
    .WithHttpHealthCheck("/")
    .WithHttpCommand("/", "Ask", commandName: "ask", commandOptions: new HttpCommandOptions { Method = HttpMethod.Get, ResultMode = HttpCommandResultMode.Text });

if (builder.Configuration.GetValue("Sample:Stubborn", false))
{
    builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM INT; sleep 600 & while true; do sleep 1; done", marker).WaitFor(web);
}

if (builder.Configuration.GetValue("Sample:Wait", false))
{
    var later = builder.AddExecutable("later", "sh", ".", "-c", "exec sleep 600", marker).WithExplicitStart();
    builder.AddExecutable("never", "sh", ".", "-c", "exec sleep 600", marker).WaitFor(later, WaitBehavior.WaitOnResourceUnavailable);
}

builder.Build().Run();
