using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Floe.AppHost.Preflight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Preflight;

/// <summary>
/// The logins of warehouses and stores in the cloud, against a small HTTP server of this process that demands what theirs demand. Not the real services:
/// none is at hand; what is proven is that the check logs in, asks, reads the answer and tells refusals apart.
/// </summary>
public sealed class WarehouseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-warehouse-").FullName;
    private readonly RSA _key = RSA.Create(2048);
    private readonly Dictionary<string, byte[]> _objects = [];
    private WebApplication _server = null!;

    private string Url => _server.Urls.First();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        Trino();
        Snowflake();
        Google();
        Azure();
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Trino_is_asked_until_its_last_page()
    {
        Ok(await RunAsync(new() { ComputeType = "trino", ComputeHost = Url }, ("TRINO_USER", "floe"), ("TRINO_PASSWORD", "right")), "answered SELECT 1 for floe");
        Broken(await RunAsync(new() { ComputeType = "trino", ComputeHost = Url }, ("TRINO_USER", "floe"), ("TRINO_PASSWORD", "wrong")), "Trino refused the login (401)", "TRINO_PASSWORD");
        Broken(await RunAsync(new() { ComputeType = "trino", ComputeHost = Url }, ("TRINO_USER", "idle"), ("TRINO_PASSWORD", "right")), "Trino cannot run a query: no nodes available", "workers");
        Broken(await RunAsync(new() { ComputeType = "trino", ComputeHost = Url }), "TRINO_USER is not set", "set TRINO_USER");
        Broken(await RunAsync(new() { ComputeType = "trino" }, ("TRINO_USER", "floe")), "Trino has no host", "ComputeHost");
        Broken(await RunAsync(new() { ComputeType = "trino", ComputeHost = $"{Url}/page" }, ("TRINO_USER", "floe"), ("TRINO_PASSWORD", "page")), "what answers is not Trino", "check host and port");
    }

    [Fact]
    public async Task Snowflake_gives_a_session_that_is_closed_again()
    {
        (string, string)[] right = [("SNOWFLAKE_ACCOUNT", "org-acc"), ("SNOWFLAKE_USER", "floe"), ("SNOWFLAKE_PASSWORD", "right")];
        Ok(await RunAsync(new() { ComputeType = "snowflake", ComputeHost = Url }, right), "answered SELECT 1 for floe");
        Assert.False(_objects.ContainsKey("session"));
        Broken(await RunAsync(new() { ComputeType = "snowflake", ComputeHost = Url }, [.. right[..2], ("SNOWFLAKE_PASSWORD", "wrong")]), "Snowflake refused: Incorrect username or password was specified. (390100)", "SNOWFLAKE_PASSWORD");
        Broken(await RunAsync(new() { ComputeType = "snowflake", ComputeHost = Url }, right[1..]), "SNOWFLAKE_ACCOUNT is not set", "account identifier");
    }

    [Fact]
    public async Task BigQuery_takes_a_token_that_the_accounts_key_signed()
    {
        Ok(await RunAsync(new() { ComputeType = "bigquery", ComputeHost = Url }, ("GOOGLE_APPLICATION_CREDENTIALS", Account(_key))), "in the project floe-project");
        using var other = RSA.Create(2048);
        Broken(await RunAsync(new() { ComputeType = "bigquery", ComputeHost = Url }, ("GOOGLE_APPLICATION_CREDENTIALS", Account(other))), "Google refused the service account (400): Invalid JWT Signature.", "key is not revoked");
        Broken(await RunAsync(new() { ComputeType = "bigquery", ComputeHost = Url }, ("GOOGLE_APPLICATION_CREDENTIALS", Account(_key)), ("GOOGLE_CLOUD_PROJECT", "other")), "BigQuery refused the login (403): Access Denied", "BigQuery Job User");
        Broken(await RunAsync(new() { ComputeType = "bigquery" }, ("GOOGLE_APPLICATION_CREDENTIALS", "/no/such.json")), "names a file that is not there", "service account's key file");
    }

    [Fact]
    public async Task Objects_are_written_read_and_deleted_in_other_clouds_too()
    {
        Ok(await RunAsync(Storage("gcs", "lake"), ("GOOGLE_APPLICATION_CREDENTIALS", Account(_key))), "Google Cloud Storage: a probe object was written to lake, read and deleted");
        Broken(await RunAsync(Storage("gcs", "nowhere"), ("GOOGLE_APPLICATION_CREDENTIALS", Account(_key))), "Google Cloud Storage has no nowhere", "create nowhere");
        Ok(await RunAsync(Storage("adls", "lake"), ("AZURE_STORAGE_SAS_TOKEN", "?sig=right")), "Azure storage: a probe object was written to lake, read and deleted");
        Broken(await RunAsync(Storage("adls", "lake"), ("AZURE_STORAGE_SAS_TOKEN", "sig=wrong")), "Azure storage refused the login (403)", "right of writing");
        Assert.Empty(_objects);

        PreflightConfig Storage(string type, string bucket) => new() { StorageType = type, StorageBucket = bucket, StorageEndpoint = Url, Checks = ["storage"] };
    }

    private static void Ok(PreflightResult check, string message)
    {
        Assert.True(check.Status == PreflightStatus.Ok || check.Remediation?.Contains("is slow", StringComparison.Ordinal) == true, check.ToString());
        Assert.Contains(message, check.Message, StringComparison.Ordinal);
    }

    private static void Broken(PreflightResult check, string message, string remediation)
    {
        Assert.Equal(PreflightStatus.Error, check.Status);
        Assert.Contains(message, check.Message, StringComparison.Ordinal);
        Assert.Contains(remediation, check.Remediation, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", check.ToString(), StringComparison.Ordinal);
    }

    private static async Task<PreflightResult> RunAsync(PreflightConfig config, params (string Name, string Value)[] variables)
    {
        var report = await new PreflightRunner(
            config.Checks.Count == 1 ? config : config with { Checks = ["compute"] },
            new(name => variables.FirstOrDefault(v => v.Name == name).Value), TimeProvider.System).RunAsync(default);
        return Assert.Single(report.Checks);
    }

    private string Account(RSA key)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, new JsonObject { ["client_email"] = "floe@floe-project.iam", ["private_key"] = key.ExportPkcs8PrivateKeyPem(), ["token_uri"] = $"{Url}/token", ["project_id"] = "floe-project" }.ToJsonString());
        return file;
    }

    private void Trino()
    {
        var right = Convert.ToBase64String(Encoding.UTF8.GetBytes("floe:right"));
        var idle = Convert.ToBase64String(Encoding.UTF8.GetBytes("idle:right"));
        var page = Convert.ToBase64String(Encoding.UTF8.GetBytes("floe:page"));
        _server.MapPost("/v1/statement", async (HttpRequest request) =>
        {
            var login = request.Headers.Authorization.ToString();
            if (login == $"Basic {page}")
                return Results.Text("<html>", "text/html");
            if (login != $"Basic {right}" && login != $"Basic {idle}" || request.Headers["X-Trino-User"] == "")
                return Results.Text("Unauthorized", statusCode: 401);
            using var reader = new StreamReader(request.Body);
            return await reader.ReadToEndAsync() == "select 1" ? Results.Json(new { id = "q", nextUri = $"{Url}/v1/statement/q/{(login == $"Basic {idle}" ? "idle" : "1")}" }) : Results.BadRequest();
        });
        _server.MapGet("/v1/statement/q/1", () => Results.Json(new { id = "q", data = new[] { new[] { 1 } }, nextUri = $"{Url}/v1/statement/q/2" }));
        _server.MapGet("/v1/statement/q/2", () => Results.Json(new { id = "q", stats = new { state = "FINISHED" } }));
        _server.MapGet("/v1/statement/q/idle", () => Results.Json(new { id = "q", error = new { message = "no nodes available" } }));
    }

    private void Snowflake()
    {
        _server.MapPost("/session/v1/login-request", async (HttpRequest request) =>
        {
            var data = (await JsonNode.ParseAsync(request.Body))!["data"]!;
            if (data["ACCOUNT_NAME"]!.ToString() != "org-acc" || data["LOGIN_NAME"]!.ToString() != "floe" || data["PASSWORD"]!.ToString() != "right")
                return Results.Json(new { success = false, code = "390100", message = "Incorrect username or password was specified." });
            _objects["session"] = [];
            return Results.Json(new { success = true, data = new { token = "session-token" } });
        });
        _server.MapPost("/queries/v1/query-request", async (HttpRequest request) =>
            request.Headers.Authorization == "Snowflake Token=\"session-token\"" && (await JsonNode.ParseAsync(request.Body))!["sqlText"]!.ToString() == "select 1"
                ? Results.Json(new { success = true, data = new { rowset = new[] { new[] { "1" } } } })
                : Results.Json(new { success = false, code = "390104", message = "no session" }));
        _server.MapPost("/session", (HttpRequest request) => Results.Json(new { success = request.Headers.Authorization == "Snowflake Token=\"session-token\"" && _objects.Remove("session") }));
    }

    private void Google()
    {
        _server.MapPost("/token", async (HttpRequest request) =>
        {
            var parts = (await request.ReadFormAsync())["assertion"].ToString().Split('.');
            var signature = Convert.FromBase64String(parts[2].Replace('-', '+').Replace('_', '/').PadRight((parts[2].Length + 3) / 4 * 4, '='));
            return _key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ? Results.Json(new { access_token = "google-token" })
                : Results.Json(new { error = "invalid_grant", error_description = "Invalid JWT Signature." }, statusCode: 400);
        });
        _server.MapPost("/bigquery/v2/projects/{project}/queries", (HttpRequest request, string project) => request.Headers.Authorization == "Bearer google-token" && project == "floe-project"
            ? Results.Json(new { rows = new[] { new { f = new[] { new { v = "1" } } } } })
            : Results.Json(new { error = new { message = "Access Denied" } }, statusCode: 403));
        _server.MapPost("/upload/storage/v1/b/{bucket}/o", async (HttpRequest request, string bucket, string name) =>
        {
            if (bucket != "lake" || request.Headers.Authorization != "Bearer google-token")
                return Results.NotFound();
            _objects[name] = await ReadAsync(request);
            return Results.Json(new { name });
        });
        _server.MapGet("/storage/v1/b/lake/o/{name}", (string name) => Results.Bytes(_objects[Uri.UnescapeDataString(name)]));
        _server.MapDelete("/storage/v1/b/lake/o/{name}", (string name) => _objects.Remove(Uri.UnescapeDataString(name)) ? Results.NoContent() : Results.NotFound());
    }

    private void Azure() => _server.Map("/lake/{**key}", async (HttpRequest request, string key) =>
    {
        if (request.Query["sig"] != "right" || request.Headers["x-ms-version"].Count == 0)
            return Results.StatusCode(403);
        switch (request.Method)
        {
            case "PUT" when request.Headers["x-ms-blob-type"] == "BlockBlob":
                _objects[key] = await ReadAsync(request);
                return Results.StatusCode(201);
            case "GET":
                return Results.Bytes(_objects[key]);
            case "DELETE":
                return _objects.Remove(key) ? Results.StatusCode(202) : Results.NotFound();
            default:
                return Results.BadRequest();
        }
    });

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        return content.ToArray();
    }
}
