using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Schemas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>The client of the REST catalog against the embedded one, and against answers that it does not give of its own accord.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class RestCatalogTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Int, true)]);

    [Fact]
    public async Task Nested_namespaces_live_from_creation_to_drop()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var (catalog, top) = (lake.Catalog, lake.Namespace);
        var (inner, deep) = ($"{top}.in ner", $"{top}.in ner.ü");

        await catalog.CreateNamespaceAsync(inner, new Dictionary<string, string> { ["owner"] = "me", ["old"] = "1" }, default);
        await catalog.CreateNamespaceAsync(deep, default);
        Assert.Equal([inner], await catalog.ListNamespacesAsync(top, default));
        Assert.Equal([deep], await catalog.ListNamespacesAsync(inner, default));
        Assert.Empty(await catalog.ListNamespacesAsync(deep, default));
        Assert.DoesNotContain(inner, await catalog.ListNamespacesAsync(default));
        Assert.True(await catalog.NamespaceExistsAsync(deep, default));
        Assert.False(await catalog.NamespaceExistsAsync($"{top}.none", default));

        await catalog.UpdateNamespaceAsync(inner, new Dictionary<string, string> { ["owner"] = "you", ["new"] = "2" }, ["old", "never there"], default);
        var properties = await catalog.LoadNamespaceAsync(inner, default);
        Assert.Equal(("you", "2", false), (properties["owner"], properties["new"], properties.ContainsKey("old")));

        var table = await catalog.CreateTableAsync(new(deep, "t.x"), s_schema);
        Assert.Equal([new TableIdentifier(deep, "t.x")], await catalog.ListTablesAsync(deep, default));
        Assert.Equal(table.MetadataLocation, (await catalog.LoadTableAsync(new(deep, "t.x"), default)).MetadataLocation);

        await Assert.ThrowsAsync<NamespaceNotEmptyException>(() => catalog.DropNamespaceAsync(inner, default));
        await Assert.ThrowsAsync<NamespaceNotEmptyException>(() => catalog.DropNamespaceAsync(deep, default));
        await catalog.DropTableAsync(new(deep, "t.x"), false, default);
        await catalog.DropNamespaceAsync(deep, default);
        await catalog.DropNamespaceAsync(inner, default);
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => catalog.DropNamespaceAsync(inner, default));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => catalog.LoadNamespaceAsync(inner, default));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => catalog.ListNamespacesAsync(inner, default));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => catalog.CreateNamespaceAsync($"{inner}.x", default));
        await Assert.ThrowsAsync<UnprocessableEntityException>(() => catalog.UpdateNamespaceAsync(top, new Dictionary<string, string> { ["a"] = "1" }, ["a"], default));
    }

    [Fact]
    public async Task Tables_are_renamed_and_registered()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var (catalog, ns) = (lake.Catalog, lake.Namespace);
        var other = await fixture.NewNamespaceAsync();
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id");

        await catalog.RenameTableAsync(table.Identifier, new(other, "renamed"), default);
        Assert.False(await catalog.TableExistsAsync(table.Identifier, default));
        var renamed = await catalog.LoadTableAsync(new(other, "renamed"), default);
        Assert.Equal((table.MetadataLocation, table.Metadata.TableUuid), (renamed.MetadataLocation, renamed.Metadata.TableUuid));
        renamed = await lake.AppendAsync(renamed, "SELECT 2 AS id");
        Assert.Equal(["1", "2"], await lake.RowsAsync(renamed, "id"));
        await Assert.ThrowsAsync<NoSuchTableException>(() => catalog.RenameTableAsync(table.Identifier, new(other, "x"), default));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => catalog.RenameTableAsync(renamed.Identifier, new("nowhere", "x"), default));
        await lake.CreateAsync(s_schema, name: "taken");
        await Assert.ThrowsAsync<AlreadyExistsException>(() => catalog.RenameTableAsync(renamed.Identifier, new(ns, "taken"), default));
        await Assert.ThrowsAsync<AlreadyExistsException>(() => catalog.RegisterTableAsync(new(ns, "taken"), renamed.MetadataLocation!, false, default));

        await catalog.DropTableAsync(renamed.Identifier, purge: false, default);
        var again = await catalog.RegisterTableAsync(new(ns, "again"), renamed.MetadataLocation!, false, default);
        Assert.Equal(["1", "2"], await lake.RowsAsync(again, "id"));

        // Told to, a name becomes another table, or this one as it was.
        var later = await lake.AppendAsync(again, "SELECT 3 AS id");
        await Assert.ThrowsAsync<AlreadyExistsException>(() => catalog.RegisterTableAsync(later.Identifier, renamed.MetadataLocation!, false, default));
        Assert.Equal(["1", "2"], await lake.RowsAsync(await catalog.RegisterTableAsync(later.Identifier, renamed.MetadataLocation!, true, default), "id"));
        Assert.Equal(renamed.MetadataLocation, (await later.RefreshAsync(default)).MetadataLocation);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        var pages = 0;
        await using var lake = await Lake.OpenAsync(fixture, new FaultHandler((request, send) =>
        {
            // A page of two: the client must follow the tokens whatever size it asked for.
            if (request.Method == HttpMethod.Get && request.RequestUri!.Query.Contains("pageSize=", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref pages);
                request.RequestUri = new Uri(System.Text.RegularExpressions.Regex.Replace(request.RequestUri.AbsoluteUri, "pageSize=\\d+", "pageSize=2"));
            }

            return send();
        }));
        foreach (var n in new[] { 1, 2, 3, 4, 5 })
            await lake.CreateAsync(s_schema, name: $"t{n}");

        Assert.Equal(["t1", "t2", "t3", "t4", "t5"], (await lake.Catalog.ListTablesAsync(lake.Namespace, default)).Select(t => t.Name).Order());
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires()
    {
        var tokens = new ConcurrentQueue<string>();
        var time = new MovableTime();
        var services = new ServiceCollection();
        services.AddHttpClient(RestCatalog.HttpClientName).AddHttpMessageHandler(() => new FaultHandler(async (request, send) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/oauth/tokens", StringComparison.Ordinal))
                tokens.Enqueue("asked");
            Assert.DoesNotContain("X-Iceberg-Access-Delegation", request.Headers.Select(h => h.Key));
            return await send();
        }));
        await using var provider = services.BuildServiceProvider();
        var connection = LakehouseConnection.Read(new ConfigurationBuilder().AddInMemoryCollection(fixture.Settings(Path.GetTempPath())).Build());
        await using var lakehouse = fixture.Open();
        using var catalog = new RestCatalog(provider.GetRequiredService<IHttpClientFactory>(), connection, lakehouse.IO, time);

        await catalog.ListNamespacesAsync(default);
        time.Now += TimeSpan.FromMinutes(30);
        await catalog.ListNamespacesAsync(default);
        Assert.Single(tokens);
        time.Now += TimeSpan.FromMinutes(25);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => catalog.ListNamespacesAsync(default)));
        Assert.Equal(2, tokens.Count);
    }

    public static TheoryData<int, string?, Type, Type> Answers => new()
    {
        { 400, "BadRequestException", typeof(BadRequestException), typeof(BadRequestException) },
        { 401, "NotAuthorizedException", typeof(NotAuthorizedException), typeof(NotAuthorizedException) },
        { 419, null, typeof(NotAuthorizedException), typeof(NotAuthorizedException) },
        { 403, "ForbiddenException", typeof(ForbiddenException), typeof(ForbiddenException) },
        { 404, "NoSuchTableException", typeof(NoSuchTableException), typeof(NoSuchTableException) },
        { 404, "NoSuchNamespaceException", typeof(NoSuchNamespaceException), typeof(NoSuchNamespaceException) },
        { 404, null, typeof(NoSuchTableException), typeof(NoSuchTableException) },
        { 409, "AlreadyExistsException", typeof(AlreadyExistsException), typeof(AlreadyExistsException) },
        { 409, "CommitFailedException", typeof(CommitFailedException), typeof(CommitFailedException) },
        { 422, "UnprocessableEntityException", typeof(UnprocessableEntityException), typeof(UnprocessableEntityException) },
        { 429, "TooManyRequestsException", typeof(ServiceUnavailableException), typeof(ServiceUnavailableException) },
        { 500, "CommitStateUnknownException", typeof(CommitStateUnknownException), typeof(CommitStateUnknownException) },
        { 500, null, typeof(ServiceUnavailableException), typeof(CommitStateUnknownException) },
        { 502, null, typeof(ServiceUnavailableException), typeof(CommitStateUnknownException) },
        { 503, "ServiceUnavailableException", typeof(ServiceUnavailableException), typeof(CommitStateUnknownException) },
        { 504, "<html>", typeof(ServiceUnavailableException), typeof(CommitStateUnknownException) },
        { 418, null, typeof(CatalogException), typeof(CatalogException) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_error_of_the_specification_has_its_exception(int status, string? type, Type whenRead, Type whenCommitted)
    {
        var body = type switch
        {
            null => "",
            "<html>" => "<html>gateway</html>",
            _ => $$$"""{"error": {"message": "the reason", "type": "{{{type}}}", "code": {{{status}}}}}""",
        };
        foreach (var (isCommit, expected) in new[] { (false, whenRead), (true, whenCommitted) })
        {
            var e = CatalogErrors.From("POST /v1/w/namespaces/n/tables/t", (HttpStatusCode)status, Encoding.UTF8.GetBytes(body), isCommit);
            Assert.Equal(expected, e.GetType());
            Assert.Contains("namespaces/n/tables/t", e.Message);
            if (type?.EndsWith("Exception", StringComparison.Ordinal) == true)
                Assert.Contains("the reason", e.Message);
        }

        Assert.IsType<NoSuchNamespaceException>(CatalogErrors.From("HEAD /v1/w/namespaces/n", HttpStatusCode.NotFound, [], isCommit: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_expires_between_writing_and_committing_is_renewed_or_ends_the_commit_without_a_trace(bool renewable)
    {
        var expired = 0;
        await using var lake = await Lake.OpenAsync(fixture, new FaultHandler(async (request, send) =>
        {
            if (Volatile.Read(ref expired) > 0 && FaultHandler.IsTableCommit(request, "t"))
            {
                if (renewable)
                    Interlocked.Decrement(ref expired);
                request.Headers.Authorization = new("Bearer", "expired");
            }

            return await send();
        }));
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id");
        var files = await lake.WriteAsync(table, "SELECT 2 AS id");
        expired = 1;

        if (renewable)
        {
            table = await table.NewTransaction().Append(files).CommitAsync(default);
        }
        else
        {
            var e = await Assert.ThrowsAsync<NotAuthorizedException>(() => table.NewTransaction().Append(files).CommitAsync(default));
            Assert.Contains("/tables/t", e.Message);
        }

        table = await table.RefreshAsync(default);
        Assert.Equal(renewable ? ["1", "2"] : ["1"], await lake.RowsAsync(table, "id"));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    private sealed class MovableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
