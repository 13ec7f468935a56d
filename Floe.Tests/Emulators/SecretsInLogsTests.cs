using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;

namespace Floe.Tests.Emulators;

/// <summary>Whatever the emulators are asked, and however talkative their logs are set: no secret, token or signature is written there.</summary>
[Collection(PolarisCollection.Name)]
public sealed class SecretsInLogsTests(PolarisFixture fixture) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-logs-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_catalog_writes_none()
    {
        var lake = await fixture.NewLakeAsync();
        var (process, api) = await fixture.StartProcessAsync(trace: true);
        List<string> secrets = [PolarisFixture.RootSecret, fixture.Minio.SecretKey, Lake.Secret("writer"), "a wrong secret", "a password"];
        await using (process)
        {
            var root = await Token(PolarisFixture.RootClientId, PolarisFixture.RootSecret);
            await api.TokenAsync(PolarisFixture.RootClientId, "a wrong secret");
            await api.TokenAsync([new("grant_type", "client_credentials")], $"{lake.ClientId("writer")}:{Lake.Secret("writer")}");
            await api.SendAsync("GET", "/api/management/v1/catalogs", token: "a.wrong.token");

            var name = $"{lake.Name}-logs";
            var created = await api.SendAsync("POST", "/api/management/v1/principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = name } }, root);
            Assert.Equal(201, created.Status);
            var (id, secret) = Remember(created);
            // Shown once: what is read later has none.
            var read = await api.SendAsync("GET", $"/api/management/v1/principals/{name}", token: root);
            Assert.Equal(id, read.Body!["clientId"]!.GetValue<string>());
            Assert.DoesNotContain(secret, read.ToString() + await api.SendAsync("GET", "/api/management/v1/principals", token: root), StringComparison.Ordinal);
            var own = await Token(id, secret);
            Remember(await api.SendAsync("POST", $"/api/management/v1/principals/{name}/rotate", token: own));
            Remember(await api.SendAsync("POST", $"/api/management/v1/principals/{name}/reset", token: root));
            await api.SendAsync("POST", $"/api/management/v1/principals/{name}/reset", new JsonObject { ["clientSecret"] = "chosen-by-hand-1234" }, root);
            secrets.Add("chosen-by-hand-1234");

            await api.SendAsync("POST", lake.Namespace("bronze") + "/tables", Lake.CreateBody("orders"), lake.Writer);
            await api.SendAsync("GET", lake.Table("orders"), token: lake.Reader);
            secrets.AddRange([lake.Writer, lake.Reader]);
            // The store refuses: the catalog's own keys are in the request that fails.
            await fixture.Minio.Client.DeleteObjectAsync(fixture.Bucket, (await lake.KeysAsync("bronze/orders/metadata")).Single());
            Assert.Equal(400, (await api.SendAsync("GET", lake.Table("orders"), token: lake.Reader)).Status);
            process.Signal("TERM");
            await process.ExitAsync();
            Assert.Contains("/api/management/v1/principals", process.Output, StringComparison.Ordinal); // it was talkative
            AssertNone(process.Output);

            async Task<string> Token(string client, string clientSecret)
            {
                var token = await api.SignInAsync(client, clientSecret);
                secrets.Add(token);
                return token;
            }

            (string Id, string Secret) Remember(Answer answer)
            {
                Assert.InRange(answer.Status, 200, 201);
                var (client, value) = (answer.Body!["credentials"]!["clientId"]!.GetValue<string>(), answer.Body["credentials"]!["clientSecret"]!.GetValue<string>());
                secrets.Add(value);
                return (client, value);
            }
        }

        void AssertNone(string log) => Assert.All(secrets, value => Assert.DoesNotContain(value, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_store_writes_none()
    {
        await using var store = EmulatorProcess.Start(_directory, ["minio", "--port", "0"], ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"));
        var url = await store.AddressAsync();
        var keys = AloneTests.Values(Path.Combine(_directory, ".floe", "minio", "credentials"));
        using var s3 = MinioFixture.ClientFor(url, keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]);
        await s3.PutBucketAsync("logs");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "logs", Key = "x", ContentBody = "x" });
        var address = await s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "logs", Key = "x", Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) });
        using var http = new HttpClient();
        Assert.Equal("x", await http.GetStringAsync(address));
        using var stranger = MinioFixture.ClientFor(url, keys["AWS_ACCESS_KEY_ID"], "a wrong secret");
        await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.ListBucketsAsync());
        store.Signal("TERM");
        await store.ExitAsync();

        Assert.Contains("/logs/x", store.Output, StringComparison.Ordinal); // it was talkative
        Assert.DoesNotContain(keys["AWS_SECRET_ACCESS_KEY"], store.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a wrong secret", store.Output, StringComparison.Ordinal);
        // Until it expires, a presigned address is as good as a key.
        Assert.DoesNotContain(address.Split("X-Amz-Signature=")[1].Split('&')[0], store.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Signature=", store.Output, StringComparison.OrdinalIgnoreCase);
    }
}
