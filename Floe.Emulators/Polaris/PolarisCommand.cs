using Floe.Emulators.CommandLine;
using Floe.Emulators.Minio;
using Floe.Emulators.Postgres;
using Floe.ServiceDefaults.CommandLine;
using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Connections;

namespace Floe.Emulators.Polaris;

/// <summary>The verb <c>polaris</c>: the catalog as a process of its own, on a given PostgreSQL or on one that it brings along.</summary>
internal static class PolarisCommand
{
    private const int Failed = 1;
    private const int DefaultPort = 8181;
    private const int DefaultManagementPort = 8182;
    private const string DefaultDirectory = ".floe/polaris";
    private const string StoreCredentials = MinioCommand.DefaultDirectory + "/" + CredentialsFile.FileName;

    public static readonly Verb Verb = new()
    {
        Name = "polaris",
        Summary = "An Iceberg REST catalog with Polaris' management API, state in PostgreSQL: \"Floe's catalog\", not Apache Polaris.",
        Options =
        [
            new("--port", "N", $"port of the API on 127.0.0.1; 0 takes a free one and prints it ({DefaultPort})"),
            new("--management-port", "M", $"port of the health checks; 0 takes a free one ({DefaultManagementPort})"),
            new("--data", "DIR", $"start a PostgreSQL of its own with its data in this folder ({DefaultDirectory});\nonly where QUARKUS_DATASOURCE_JDBC_URL is not set"),
            new("--s3-credentials", "FILE", $"lines AWS_ACCESS_KEY_ID=.. and AWS_SECRET_ACCESS_KEY=.. where the environment has\nnone ({StoreCredentials}, which the verb minio makes)"),
        ],
        Details = """
            QUARKUS_DATASOURCE_JDBC_URL            the database, jdbc:postgresql://host:port/name
            QUARKUS_DATASOURCE_USERNAME, QUARKUS_DATASOURCE_PASSWORD
                                                   without all three: a PostgreSQL of its own, see --data
            POLARIS_BOOTSTRAP_CREDENTIALS          realm,clientId,clientSecret of the root principal; not needed where the
                                                   database has the realm; with --data generated once and kept in DIR/credentials
            POLARIS_REALM_CONTEXT_REALMS           the realm (POLARIS)
            AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
                                                   the catalog's own keys of the object store, for table metadata
            AWS_REGION                             where a catalog's storage settings name none (us-east-1)

            Connect (the catalog prints the first two lines with its address and folder):
              set -a; . DIR/credentials; set +a
              TOKEN=$(curl -s http://127.0.0.1:8181/api/catalog/v1/oauth/tokens -d grant_type=client_credentials \
                -d scope=PRINCIPAL_ROLE:ALL -d client_id="$POLARIS_CLIENT_ID" -d client_secret="$POLARIS_CLIENT_SECRET" \
                | sed 's/.*"access_token":"\([^"]*\).*/\1/')
              curl -s http://127.0.0.1:8181/api/management/v1/catalogs -H "Authorization: Bearer $TOKEN" \
                -H 'Content-Type: application/json' -d '{"catalog": {"name": "demo", "type": "INTERNAL",
                "properties": {"default-base-location": "s3://demo/lake"}, "storageConfigInfo": {"storageType": "S3",
                "endpoint": "http://127.0.0.1:9000", "pathStyleAccess": true, "stsUnavailable": true}}}'
            Any Iceberg REST client then takes: uri http://127.0.0.1:8181/api/catalog, warehouse demo, credential ID:SECRET,
            scope PRINCIPAL_ROLE:ALL. Health: /q/health/live and /q/health/ready on the management port.
            """,
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var (port, managementPort) = (arguments.Port("--port", DefaultPort), arguments.Port("--management-port", DefaultManagementPort));
        try
        {
            var variable = StoreKeys(arguments, Environment.GetEnvironmentVariable);
            if (OwnDatabase.IsWanted(Environment.GetEnvironmentVariable))
            {
                var own = OwnDatabase.At(arguments.Text("--data") ?? DefaultDirectory, variable);
                // What can be refused is refused before PostgreSQL is started.
                var options = PolarisOptions.FromEnvironment(port, managementPort, own.Variable);
                await using var server = await own.StartAsync(cancellationToken);
                return await RunAsync(options, own, server, cancellationToken);
            }
            if (arguments.Has("--data"))
                throw new UsageException("--data is for a PostgreSQL of its own, but QUARKUS_DATASOURCE_JDBC_URL, _USERNAME or _PASSWORD names another; leave --data away or unset them");
            return await RunAsync(PolarisOptions.FromEnvironment(port, managementPort, variable), null, null, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"polaris: port {port} or {managementPort} is taken by another process; choose free ones by --port and --management-port.");
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

    private static async Task<int> RunAsync(PolarisOptions options, OwnDatabase? own, PostgresServer? server, CancellationToken cancellationToken)
    {
        await using var app = PolarisServer.Create(options);
        if (own is not null || !Console.IsOutputRedirected)
            app.Lifetime.ApplicationStarted.Register(() => Greet(app.Urls.First(), app.Urls.Last(), own));
        return server is null ? await app.RunServiceAsync(cancellationToken) : await OwnPostgres.RunAsync(app, server, cancellationToken);
    }

    /// <summary>The environment, completed by the keys of a credentials file where it has none.</summary>
    private static Func<string, string?> StoreKeys(Arguments arguments, Func<string, string?> environment)
    {
        string[] names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        var given = arguments.Text("--s3-credentials");
        var complete = names.All(name => !string.IsNullOrEmpty(environment(name)));
        if (complete && given is null)
            return environment;
        var path = given ?? StoreCredentials;
        if (CredentialsFile.TryRead(path) is not { } file)
        {
            return given is null
                ? environment // the check of the settings says what is missing
                : throw new UsageException($"--s3-credentials {path} is no file; give one with lines AWS_ACCESS_KEY_ID=.. and AWS_SECRET_ACCESS_KEY=..");
        }
        return name => names.Contains(name) ? file[name] : environment(name);
    }

    /// <summary>What somebody who started the catalog by hand wants to know. No secret is ever on the console.</summary>
    private static void Greet(string url, string managementUrl, OwnDatabase? own)
    {
        var file = own is { HasRootCredentials: true } ? own : null;
        Console.WriteLine($"""

            Floe's catalog (Iceberg REST and Polaris' management API, not Apache Polaris) is up on {url}:
              Iceberg REST {url}/api/catalog, management {url}/api/management/v1, ready {managementUrl}/q/health/ready
            {(file is null ? "The root principal's credentials are those of POLARIS_BOOTSTRAP_CREDENTIALS." : $"The root principal's credentials are in {file.CredentialsPath}, which only you can read.")} Try in another shell:

              {file?.SourceLine ?? "POLARIS_CLIENT_ID=... POLARIS_CLIENT_SECRET=..."}
              TOKEN=$(curl -s {url}/api/catalog/v1/oauth/tokens -d grant_type=client_credentials -d scope=PRINCIPAL_ROLE:ALL -d client_id="$POLARIS_CLIENT_ID" -d client_secret="$POLARIS_CLIENT_SECRET" | sed 's/.*"access_token":"\([^"]*\).*/\1/')
              curl -s {url}/api/management/v1/catalogs -H "Authorization: Bearer $TOKEN"

            Ctrl-C ends it. How to make a catalog: Floe.Emulators polaris --help
            """);
    }
}
