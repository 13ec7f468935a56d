using System.Text.Json.Nodes;
using Floe.Emulators.Polaris;
using Floe.Emulators.Polaris.Store;
using Floe.ServiceDefaults.Configuration;
using Npgsql;
using Xunit;

namespace Floe.Tests.Polaris;

[Collection(PolarisCollection.Name)]
public sealed class OutageTests(PolarisFixture fixture)
{
    [Fact]
    public async Task The_server_waits_for_its_database_and_says_so()
    {
        var existing = new NpgsqlConnectionStringBuilder(await fixture.NewDatabaseAsync());
        var late = new NpgsqlConnectionStringBuilder(existing.ConnectionString) { Database = existing.Database + "_late" };
        var api = await fixture.StartAsync(late.ConnectionString, waitUntilReady: false);

        Assert.Equal(200, await api.HealthAsync("live"));
        Assert.Equal(503, await api.HealthAsync("ready"));
        Assert.Equal(503, (await api.TokenAsync("root", PolarisFixture.RootSecret)).Status);
        var answer = await api.SendAsync("GET", Lake.Management + "/catalogs", token: await fixture.First.RootAsync());
        Assert.Equal((503, "ServiceUnavailableException"), (answer.Status, answer.ErrorType));

        await using (var connection = new NpgsqlConnection(existing.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"create database {late.Database}", connection);
            await command.ExecuteNonQueryAsync();
        }

        await api.UntilReadyAsync();
        Assert.Equal(200, (await api.TokenAsync("root", PolarisFixture.RootSecret)).Status);
    }

    [Fact]
    public async Task Between_the_database_s_first_answer_and_the_catalog_s_tables_every_call_is_503()
    {
        var database = await fixture.NewDatabaseAsync();
        PolarisApi api;
        await using (var other = new NpgsqlConnection(database))
        {
            // Another server that is just making the tables.
            await other.OpenAsync();
            await using var command = new NpgsqlCommand($"select pg_advisory_lock({StoreSchema.CreationLock})", other);
            await command.ExecuteNonQueryAsync();
            api = await fixture.StartAsync(database, waitUntilReady: false);

            foreach (var answer in new[]
            {
                await api.TokenAsync("root", PolarisFixture.RootSecret),
                await api.SendAsync("GET", Lake.Management + "/catalogs", token: await fixture.First.RootAsync()),
                await api.SendAsync("GET", "/api/catalog/v1/config?warehouse=x"),
            })
            {
                Assert.Equal((503, "ServiceUnavailableException"), (answer.Status, answer.ErrorType));
                Assert.NotNull(answer.Headers.RetryAfter?.Delta);
            }

            Assert.Equal(503, await api.HealthAsync("ready"));
            command.CommandText = $"select pg_advisory_unlock({StoreSchema.CreationLock})";
            await command.ExecuteNonQueryAsync();
        }

        await api.UntilReadyAsync();
        Assert.Equal(200, (await api.TokenAsync("root", PolarisFixture.RootSecret)).Status);
    }

    [Fact]
    public async Task When_the_database_goes_every_call_is_503_and_nothing_is_left_behind()
    {
        var database = new NpgsqlConnectionStringBuilder(await fixture.NewDatabaseAsync());
        var api = await fixture.StartAsync(database.ConnectionString);
        var token = await api.RootAsync();
        Assert.Equal(200, (await api.SendAsync("GET", Lake.Management + "/catalogs", token: token)).Status);

        await using (var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres" }.ConnectionString))
        {
            await connection.OpenAsync();
            // In two statements: sent as one they are one transaction, and a new connection may come before its end. The second waits until they are gone.
            foreach (var sql in (string[])[$"alter database {database.Database} with allow_connections false", $"select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '{database.Database}'"])
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
                await command.ExecuteNonQueryAsync();
            }
        }

        foreach (var (method, path, body) in ((string, string, JsonNode?)[])
            [("GET", Lake.Management + "/catalogs", null), ("POST", "/api/catalog/v1/x/transactions/commit", new JsonObject { ["table-changes"] = new JsonArray() }), ("GET", "/api/catalog/v1/x/namespaces", null)])
        {
            var answer = await api.SendAsync(method, path, body, token);
            Assert.True((answer.Status, answer.ErrorType) == (503, "ServiceUnavailableException"), $"{path}: {answer}");
        }

        Assert.Equal(503, (await api.TokenAsync("root", PolarisFixture.RootSecret)).Status);
        Assert.Equal(503, await api.HealthAsync("ready"));
        Assert.Equal(200, await api.HealthAsync("live"));
    }

    [Fact]
    public async Task A_store_that_is_away_or_refuses_is_named_and_the_table_stays_as_it_was()
    {
        var lake = await fixture.NewLakeAsync();
        var metadata = await lake.CreateTableAsync("orders");
        var catalog = await lake.Api.SendAsync("GET", $"{Lake.Management}/catalogs/{lake.Name}", token: lake.Root);
        var storage = (JsonObject)catalog.Body!["storageConfigInfo"]!.DeepClone();
        storage["endpointInternal"] = "http://127.0.0.1:9";
        await lake.Api.SendAsync("PUT", $"{Lake.Management}/catalogs/{lake.Name}", new JsonObject { ["currentEntityVersion"] = 1, ["storageConfigInfo"] = storage }, lake.Root);

        var answer = await lake.CommitAsync("orders", Lake.Change(Lake.Append(metadata, 1)));
        Assert.Equal((503, "ServiceUnavailableException"), (answer.Status, answer.ErrorType));
        Assert.Contains("object store", answer.Message, StringComparison.Ordinal);

        var repaired = (JsonObject)catalog.Body["storageConfigInfo"]!.DeepClone();
        await lake.Api.SendAsync("PUT", $"{Lake.Management}/catalogs/{lake.Name}", new JsonObject { ["currentEntityVersion"] = 2, ["storageConfigInfo"] = repaired }, lake.Root);
        Assert.True(JsonNode.DeepEquals(metadata, await lake.MetadataAsync("orders")));
    }

    [Fact]
    public async Task Unknown_routes_realms_and_bodies_have_an_error_body()
    {
        var root = await fixture.First.RootAsync();
        Assert.Equal((404, "NotFoundException"), Outcome(await fixture.First.SendAsync("GET", "/api/catalog/v1/x/views", token: root)));
        Assert.Equal(405, (await fixture.First.SendAsync("PATCH", Lake.Management + "/catalogs", token: root)).Status);
        Assert.Equal(404, (await fixture.First.SendAsync("GET", Lake.Management + "/catalogs", null, root, ("Polaris-Realm", "OTHER"))).Status);
        Assert.Equal(200, (await fixture.First.SendAsync("GET", Lake.Management + "/catalogs", null, root, ("Polaris-Realm", "POLARIS"))).Status);
        Assert.Equal(400, (await fixture.First.SendAsync("POST", Lake.Management + "/catalogs", token: root)).Status);
        Assert.Equal((404, "NotFoundException"), Outcome(await fixture.First.SendAsync("GET", "/api/catalog/v1/config?warehouse=nowhere", token: root)));
        Assert.Equal(400, (await fixture.First.SendAsync("GET", "/api/catalog/v1/config", token: root)).Status);

        using var broken = new HttpRequestMessage(HttpMethod.Post, fixture.First.Url + Lake.Management + "/catalogs") { Content = new StringContent("{\"a\":1,\"a\":2}", System.Text.Encoding.UTF8, "application/json") };
        broken.Headers.Authorization = new("Bearer", root);
        Assert.Equal((400, "BadRequestException"), Outcome(await fixture.First.SendAsync(broken)));
    }

    [Theory]
    [InlineData("QUARKUS_DATASOURCE_JDBC_URL", "postgres://x", "jdbc:postgresql://host:port/database")]
    [InlineData("QUARKUS_DATASOURCE_JDBC_URL", "", "missing")]
    [InlineData("POLARIS_BOOTSTRAP_CREDENTIALS", "POLARIS,root", "realm,clientId,clientSecret")]
    [InlineData("POLARIS_BOOTSTRAP_CREDENTIALS", "OTHER,root,hidden-secret", "same realm")]
    [InlineData("POLARIS_REALM_CONTEXT_REALMS", "A,B", "one realm")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "", "missing")]
    public void Bad_settings_are_named_without_their_secrets(string name, string value, string rule)
    {
        var variables = new Dictionary<string, string>
        {
            ["QUARKUS_DATASOURCE_JDBC_URL"] = "jdbc:postgresql://localhost:5432/polaris",
            ["QUARKUS_DATASOURCE_USERNAME"] = "polaris",
            ["QUARKUS_DATASOURCE_PASSWORD"] = "hidden-password",
            ["POLARIS_REALM_CONTEXT_REALMS"] = "POLARIS",
            ["POLARIS_BOOTSTRAP_CREDENTIALS"] = "POLARIS,root,hidden-secret",
            ["AWS_ACCESS_KEY_ID"] = "key",
            ["AWS_SECRET_ACCESS_KEY"] = "hidden-key",
        };
        Assert.Equal("Host=localhost;Port=5432;Database=polaris", string.Join(';', PolarisOptions.FromEnvironment(1, 2, variables.GetValueOrDefault).ConnectionString.Split(';').Take(3)));
        variables[name] = value;
        var error = Assert.Throws<ConfigurationException>(() => PolarisOptions.FromEnvironment(1, 2, variables.GetValueOrDefault));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_the_options_has_no_secret()
    {
        var text = new PolarisOptions
        {
            Port = 1, ManagementPort = 2, ConnectionString = "Host=h;Database=d;Password=hidden-password",
            RootClientId = "root", RootClientSecret = "hidden-secret", AwsAccessKeyId = "key", AwsSecretAccessKey = "hidden-key",
        }.ToString();
        Assert.Contains("h:5432/d", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
    }

    private static (int, string?) Outcome(Answer answer) => (answer.Status, answer.ErrorType);
}
