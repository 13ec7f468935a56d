using System.Globalization;
using Floe.Emulators.CommandLine;
using Floe.Emulators.Postgres;
using Floe.ServiceDefaults.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace Floe.Emulators.Marquez;

/// <summary>The verb <c>marquez</c>: the lineage server as a process of its own, on a given PostgreSQL or on one that it brings along.</summary>
internal static class MarquezCommand
{
    private const int Failed = 1;
    private const int DefaultPort = 5000;
    private const int DefaultAdminPort = 5001;
    private const string DefaultDirectory = ".floe/marquez";

    private static readonly string[] s_datasource = ["POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD"];

    public static readonly Verb Verb = new()
    {
        Name = "marquez",
        Summary = "An OpenLineage receiver with the API that Marquez' clients read, with a page that draws it, state in PostgreSQL: not Marquez.",
        Options =
        [
            new("--port", "N", $"port of the API on 127.0.0.1; 0 takes a free one and prints it ({DefaultPort})"),
            new("--admin-port", "M", $"port of the health check; 0 takes a free one ({DefaultAdminPort})"),
            new("--data", "DIR", $"start a PostgreSQL of its own with its data in this folder ({DefaultDirectory});\nonly where POSTGRES_HOST is not set"),
        ],
        Details = """
            POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD
                                 the database, port 5432 and name marquez by default; without host, user and
                                 password: a PostgreSQL of its own, see --data

            FLOE_MARQUEZ_RETENTION_DAYS
                                 days that events and runs are kept (7); the last run of a job always is

            Below /api/v1: POST lineage; GET namespaces, namespaces/NS, namespaces/NS/jobs, namespaces/NS/jobs/JOB,
            namespaces/NS/jobs/JOB/runs, jobs, jobs/runs/ID, jobs/runs/ID/facets, namespaces/NS/datasets,
            namespaces/NS/datasets/DS, namespaces/NS/datasets/DS/versions, lineage, column-lineage, search, events/lineage.
            The page is at /. Left out: tags, deletion, statistics, OpenSearch, Marquez' own web page.

            Connect (any OpenLineage client):
              OPENLINEAGE_URL=http://127.0.0.1:5000
              curl -s http://127.0.0.1:5000/api/v1/lineage -H 'Content-Type: application/json' -d @event.json
              curl -s 'http://127.0.0.1:5000/api/v1/search?q=orders'
            Health: /healthcheck and /ping on the admin port.
            """,
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (port, adminPort) = (arguments.Port("--port", DefaultPort), arguments.Port("--admin-port", DefaultAdminPort));
        Func<string, string?> environment = Environment.GetEnvironmentVariable;
        try
        {
            if (s_datasource.Any(name => !string.IsNullOrEmpty(environment(name))))
            {
                if (arguments.Has("--data"))
                    throw new UsageException("--data is for a PostgreSQL of its own, but POSTGRES_HOST, _USER or _PASSWORD names another; leave --data away or unset them");
                await using var app = Build(MarquezOptions.FromEnvironment(port, adminPort, environment), greet: !Console.IsOutputRedirected);
                return await app.RunServiceAsync(cancellationToken);
            }

            var own = new OwnPostgres(arguments.Text("--data") ?? DefaultDirectory, "marquez", environment);
            await using var server = await own.StartAsync(cancellationToken);
            var options = MarquezOptions.FromEnvironment(port, adminPort, name => name switch
            {
                "POSTGRES_HOST" => "127.0.0.1",
                "POSTGRES_PORT" => own.Port.ToString(CultureInfo.InvariantCulture),
                "POSTGRES_DB" or "POSTGRES_USER" => own.Name,
                "POSTGRES_PASSWORD" => own.Password,
                "FLOE_MARQUEZ_RETENTION_DAYS" => environment(name),
                _ => null,
            });
            await using var alone = Build(options, greet: true);
            return await OwnPostgres.RunAsync(alone, server, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"marquez: port {port} or {adminPort} is taken by another process; choose free ones by --port and --admin-port.");
            return Failed;
        }
        catch (PostgresFailure e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static WebApplication Build(MarquezOptions options, bool greet)
    {
        var app = MarquezServer.Create(options);
        if (greet)
            app.Lifetime.ApplicationStarted.Register(() => Greet(app.Urls.First(), app.Urls.Last()));
        return app;
    }

    private static void Greet(string url, string adminUrl) => Console.WriteLine($"""

        Floe's lineage server (OpenLineage and Marquez' API, not Marquez) is up on {url}:
          the page {url}, events to {url}/api/v1/lineage, health {adminUrl}/healthcheck
        Try in another shell:

          curl -s {url}/api/v1/namespaces
          OPENLINEAGE_URL={url} and any OpenLineage client

        Ctrl-C ends it. What it answers: Floe.Emulators marquez --help
        """);
}
