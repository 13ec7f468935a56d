using System.Net;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Commits under competition and with answers that do not come: every row exactly once, no file too many.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class CommitTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "writer", PrimitiveType.Int, true), new(2, "n", PrimitiveType.Long, true)]);

    [Fact]
    public async Task Appenders_at_once_lose_and_double_nothing()
    {
        const int Writers = 4;
        const int Commits = 10;
        await using var lakehouse = fixture.Open();
        var id = await NewTableAsync(lakehouse, "t");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using var own = fixture.Open();
            using var db = LocalTable.Duck();
            for (var n = 0; n < Commits; n++)
            {
                var table = await own.Catalog.LoadTableAsync(id, default);
                await table.NewTransaction().Append(await WriteAsync(own, table, db, writer, n)).CommitAsync(default);
            }
        })));

        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        Assert.Equal(Expected(Writers, Commits), await RowsAsync(lakehouse, table));
        Assert.Equal(Writers * Commits, table.Metadata.Snapshots.Count);
        Assert.Equal($"{Writers * Commits}", table.Metadata.CurrentSnapshot!.Summary["total-records"]);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task Two_tables_per_commit_stay_in_step()
    {
        const int Writers = 3;
        const int Commits = 5;
        await using var lakehouse = fixture.Open();
        TableIdentifier[] ids = [await NewTableAsync(lakehouse, "orders"), await NewTableAsync(lakehouse, "items")];

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using var own = fixture.Open();
            using var db = LocalTable.Duck();
            for (var n = 0; n < Commits; n++)
            {
                var commits = new List<TableCommit>();
                foreach (var id in ids)
                {
                    var table = await own.Catalog.LoadTableAsync(id, default);
                    commits.Add(await table.NewTransaction().Append(await WriteAsync(own, table, db, writer, n)).WithSummary("run", $"{writer}.{n}").PrepareAsync(default));
                }

                await own.Catalog.CommitTransactionAsync(commits, default);
            }
        })));

        foreach (var id in ids)
        {
            var table = await lakehouse.Catalog.LoadTableAsync(id, default);
            Assert.Equal(Expected(Writers, Commits), await RowsAsync(lakehouse, table));
            Assert.Equal(Writers * Commits, table.Metadata.Snapshots.Select(s => s.Summary["run"]).Distinct().Count());
            await StoredFiles.AssertNoneStrayAsync(table);
        }
    }

    [Fact]
    public async Task A_replacement_that_was_overtaken_fails_and_leaves_nothing()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = await NewTableAsync(lakehouse, "t");
        var start = await lakehouse.Catalog.LoadTableAsync(id, default);
        var old = await start.NewTransaction().Append(await WriteAsync(lakehouse, start, db, 0, 0)).CommitAsync(default);
        var replacement = old.NewTransaction().Replace(await WriteAsync(lakehouse, old, db, 1, 0));
        var careful = old.NewTransaction().Append(await WriteAsync(lakehouse, old, db, 2, 0)).ValidateFromSnapshot();
        var now = await old.NewTransaction().Append(await WriteAsync(lakehouse, old, db, 0, 1)).CommitAsync(default);

        foreach (var transaction in new[] { replacement, careful })
        {
            var e = await Assert.ThrowsAsync<CommitFailedException>(() => transaction.CommitAsync(default));
            Assert.Contains(id.ToString(), e.Message);
        }

        now = await now.RefreshAsync(default);
        Assert.Equal([(0, 0L), (0, 1L)], await RowsAsync(lakehouse, now));
        await StoredFiles.AssertNoneStrayAsync(now);
    }

    [Fact]
    public async Task A_change_with_a_rule_goes_over_what_the_rule_allows_and_fails_at_the_rest()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = await NewTableAsync(lakehouse, "t");
        var start = await lakehouse.Catalog.LoadTableAsync(id, default);
        var old = await start.NewTransaction().Append(await WriteAsync(lakehouse, start, db, 0, 0)).SetProperty("count", "1").CommitAsync(default);
        static string? Moved(Table now) => now.Metadata.Properties["count"] == "1" ? null : "somebody counted on";
        async Task<Transaction> NextAsync(int n) => old.NewTransaction().Append(await WriteAsync(lakehouse, old, db, 0, n)).Validate(Moved);
        var (first, second, third) = (await NextAsync(1), (await NextAsync(2)).SetProperty("count", "2"), await NextAsync(3));
        await first.CommitAsync(default);
        var now = await second.CommitAsync(default);
        Assert.Equal("somebody counted on", (await Assert.ThrowsAsync<CommitFailedException>(() => third.CommitAsync(default))).Message);
        var late = now.NewTransaction().Append(await WriteAsync(lakehouse, now, db, 0, 4)).Validate(Moved);
        Assert.Equal("somebody counted on", (await Assert.ThrowsAsync<CommitFailedException>(() => late.CommitAsync(default))).Message);

        Assert.Equal([(0, 0L), (0, 1L), (0, 2L)], await RowsAsync(lakehouse, await now.RefreshAsync(default)));
        await StoredFiles.AssertNoneStrayAsync(await now.RefreshAsync(default));
    }

    [Fact]
    public async Task One_of_two_tables_that_was_overtaken_fails_both()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var a = await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "a"), default);
        var b = await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "b"), default);
        var append = a.NewTransaction().Append(await WriteAsync(lakehouse, a, db, 0, 0));
        var replace = b.NewTransaction().Replace(await WriteAsync(lakehouse, b, db, 0, 0));
        await b.NewTransaction().Append(await WriteAsync(lakehouse, b, db, 9, 9)).CommitAsync(default);

        TableCommit[] commits = [await append.PrepareAsync(default), await replace.PrepareAsync(default)];
        await Assert.ThrowsAsync<CommitFailedException>(() => lakehouse.Catalog.CommitTransactionAsync(commits, default));

        a = await a.RefreshAsync(default);
        b = await b.RefreshAsync(default);
        Assert.Null(a.Metadata.CurrentSnapshot);
        Assert.Equal([(9, 9L)], await RowsAsync(lakehouse, b));
        await StoredFiles.AssertNoneStrayAsync(a);
        await StoredFiles.AssertNoneStrayAsync(b);
    }

    public static TheoryData<string> LostAnswers => ["after", "before", "500"];

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task An_answer_that_does_not_come_is_found_out(string when)
    {
        var faults = 2;
        await using var lakehouse = fixture.Open(between: new FaultHandler(async (request, send) =>
        {
            if (!FaultHandler.IsTableCommit(request, "t") || Interlocked.Decrement(ref faults) < 0)
                return await send();
            if (when == "before")
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut by the test before it was sent");
            var response = await send();
            if (when == "500")
                return new HttpResponseMessage(HttpStatusCode.BadGateway);
            throw new HttpRequestException(HttpRequestError.ResponseEnded, $"cut by the test after {response.StatusCode}");
        }));
        using var db = LocalTable.Duck();
        var table = await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "t"), default);

        var after = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, 1, 1)).CommitAsync(default);
        after = await after.NewTransaction().Append(await WriteAsync(lakehouse, after, db, 1, 2)).CommitAsync(default);

        Assert.True(faults < 1);
        Assert.Equal([(1, 1L), (1, 2L)], await RowsAsync(lakehouse, after));
        Assert.Equal(2, after.Metadata.Snapshots.Count);
        await StoredFiles.AssertNoneStrayAsync(after);
    }

    [Fact]
    public async Task A_lost_answer_of_two_tables_is_found_out()
    {
        var faults = 1;
        await using var lakehouse = fixture.Open(between: new FaultHandler(async (request, send) =>
        {
            var response = await send();
            return FaultHandler.IsTransaction(request) && Interlocked.Decrement(ref faults) >= 0 ? new HttpResponseMessage(HttpStatusCode.GatewayTimeout) : response;
        }));
        using var db = LocalTable.Duck();
        Table[] tables = [await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "a"), default), await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "b"), default)];
        var commits = new List<TableCommit>();
        foreach (var table in tables)
            commits.Add(await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, 1, 1)).PrepareAsync(default));

        await lakehouse.Catalog.CommitTransactionAsync(commits, default);

        foreach (var table in tables)
        {
            var now = await table.RefreshAsync(default);
            Assert.Equal([(1, 1L)], await RowsAsync(lakehouse, now));
            await StoredFiles.AssertNoneStrayAsync(now);
        }
    }

    [Fact]
    public async Task A_catalog_that_never_says_keeps_the_files_and_the_question_open()
    {
        var broken = false;
        await using var lakehouse = fixture.Open(between: new FaultHandler((request, send) =>
            broken && request.RequestUri!.AbsolutePath.EndsWith("/tables/t", StringComparison.Ordinal) ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError)) : send()));
        using var db = LocalTable.Duck();
        var id = await NewTableAsync(lakehouse, "t", new Dictionary<string, string> { ["commit.retry.num-retries"] = "1" });
        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        var files = await WriteAsync(lakehouse, table, db, 1, 1);
        broken = true;

        var e = await Assert.ThrowsAsync<CommitStateUnknownException>(() => table.NewTransaction().Append(files).CommitAsync(default));

        Assert.Contains(id.ToString(), e.Message);
        Assert.True(await lakehouse.IO.ExistsAsync(files[0].FilePath, default));
    }

    [Fact]
    public async Task A_store_that_is_away_fails_the_commit_and_the_table_stays()
    {
        await using var lakehouse = fixture.Open();
        await using var away = fixture.Open(store: "Endpoint=http://127.0.0.1:1;AccessKey=none;SecretKey=none");
        using var db = LocalTable.Duck();
        var id = await NewTableAsync(lakehouse, "t");
        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        var files = await WriteAsync(lakehouse, table, db, 1, 1);
        table = await table.NewTransaction().Append(files).CommitAsync(default);
        var without = await away.Catalog.LoadTableAsync(id, default);

        var errors = await Task.WhenAll(
            Assert.ThrowsAsync<StorageException>(() => WriteAsync(away, without, db, 2, 2)),
            Assert.ThrowsAsync<StorageException>(() => without.NewTransaction().Append([files[0] with { FilePath = files[0].FilePath + "2" }]).CommitAsync(default)),
            Assert.ThrowsAsync<StorageException>(() => without.NewScan().PlanAsync(default)));

        Assert.All(errors, e => Assert.StartsWith(table.Location, e.Location));
        var now = await table.RefreshAsync(default);
        Assert.Equal(table.MetadataLocation, now.MetadataLocation);
        Assert.Equal([(1, 1L)], await RowsAsync(lakehouse, now));
        await StoredFiles.AssertNoneStrayAsync(now);
    }

    [Fact]
    public async Task A_caller_who_gives_up_before_the_answer_cannot_harm_a_commit_that_happened()
    {
        using var giveUp = new CancellationTokenSource();
        await using var lakehouse = fixture.Open(between: new FaultHandler(async (request, send) =>
        {
            var response = await send();
            if (!FaultHandler.IsTableCommit(request, "t"))
                return response;
            await giveUp.CancelAsync();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut by the test");
        }));
        using var db = LocalTable.Duck();
        var table = await lakehouse.Catalog.LoadTableAsync(await NewTableAsync(lakehouse, "t"), default);
        var files = await WriteAsync(lakehouse, table, db, 1, 1);

        await Assert.ThrowsAsync<CommitStateUnknownException>(() => table.NewTransaction().Append(files).CommitAsync(giveUp.Token));

        table = await table.RefreshAsync(default);
        Assert.Equal([(1, 1L)], await RowsAsync(lakehouse, table));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [SkippableFact]
    public async Task Many_appends_keep_few_manifests_and_every_row_and_snapshot()
    {
        const int Writers = 3;
        const int Commits = 6;
        await using var lakehouse = fixture.Open();
        var id = await NewTableAsync(lakehouse, "t", new Dictionary<string, string> { ["commit.manifest.min-count-to-merge"] = "4" });

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using var own = fixture.Open();
            using var db = LocalTable.Duck();
            for (var n = 0; n < Commits; n++)
            {
                var table = await own.Catalog.LoadTableAsync(id, default);
                await table.NewTransaction().Append(await WriteAsync(own, table, db, writer, n)).CommitAsync(default);
            }
        })));

        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        var snapshots = table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).ToList();
        foreach (var snapshot in snapshots)
            Assert.InRange(ManifestList.Read(await lakehouse.IO.ReadAsync(snapshot.ManifestList!, default), "").Count, 1, 4);
        Assert.Equal(Expected(Writers, Commits), await RowsAsync(lakehouse, table));
        var entries = (await table.NewScan().PlanAsync(default)).Entries;
        Assert.Equal(snapshots.Select(s => (s.SnapshotId, (long?)s.SequenceNumber)), entries.Select(e => (e.SnapshotId!.Value, e.SequenceNumber)).OrderBy(p => p.SequenceNumber));
        await StoredFiles.AssertNoneStrayAsync(table);
        var independent = await Icebird.ReadAsync(table, fixture.Minio, snapshots.Select(s => s.SnapshotId), "n");
        Assert.Equal(Enumerable.Range(1, Writers * Commits).Select(n => (long)n), independent.Select(r => r.Rows));
    }

    [Fact]
    public async Task A_principal_that_only_reads_can_read_and_not_commit()
    {
        await using var lakehouse = fixture.Open();
        await using var reading = fixture.Open(asReader: true);
        using var db = LocalTable.Duck();
        var id = await NewTableAsync(lakehouse, "t");
        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, 1, 1)).CommitAsync(default);

        table = await reading.Catalog.LoadTableAsync(id, default);
        Assert.Equal([(1, 1L)], await RowsAsync(reading, table));
        var files = await WriteAsync(reading, table, db, 2, 2);
        await Assert.ThrowsAsync<ForbiddenException>(() => table.NewTransaction().Append(files).CommitAsync(default));

        await StoredFiles.AssertNoneStrayAsync(await lakehouse.Catalog.LoadTableAsync(id, default));
    }

    [Fact]
    public async Task One_token_serves_all_and_a_refused_one_is_replaced_once()
    {
        var tokens = 0;
        var refuse = 0;
        await using var lakehouse = fixture.Open(between: new FaultHandler(async (request, send) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/oauth/tokens", StringComparison.Ordinal))
                Interlocked.Increment(ref tokens);
            else if (Interlocked.Decrement(ref refuse) >= 0)
                request.Headers.Authorization = new("Bearer", "garbage");
            return await send();
        }));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => lakehouse.Catalog.ListNamespacesAsync(default)));
        Assert.Equal(1, tokens);

        refuse = 1;
        await lakehouse.Catalog.ListNamespacesAsync(default);
        Assert.Equal(2, tokens);

        refuse = 2;
        await Assert.ThrowsAsync<NotAuthorizedException>(() => lakehouse.Catalog.ListNamespacesAsync(default));
    }

    private async Task<TableIdentifier> NewTableAsync(LakehouseFixture.Lakehouse lakehouse, string name, IReadOnlyDictionary<string, string>? properties = null)
    {
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), name);
        await lakehouse.Catalog.CreateTableAsync(id, s_schema, properties: properties);
        return id;
    }

    private static Task<IReadOnlyList<DataFile>> WriteAsync(LakehouseFixture.Lakehouse lakehouse, Table table, DuckDBConnection db, int writer, int n) =>
        lakehouse.Writer.WriteAsync(table, db, $"SELECT {writer}::INTEGER AS writer, {n}::BIGINT AS n", default);

    private static IEnumerable<(int, long)> Expected(int writers, int commits) =>
        from writer in Enumerable.Range(0, writers) from n in Enumerable.Range(0, commits) select (writer, (long)n);

    private static async Task<IReadOnlyList<(int, long)>> RowsAsync(LakehouseFixture.Lakehouse lakehouse, Table table)
    {
        using var db = LocalTable.Duck();
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT writer, n FROM {await lakehouse.Scan.ToSqlAsync(table, null, default)} ORDER BY ALL";
        using var reader = command.ExecuteReader();
        var rows = new List<(int, long)>();
        while (reader.Read())
            rows.Add((reader.GetInt32(0), reader.GetInt64(1)));
        return rows;
    }
}
