using System.Net;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Changes of metadata through the catalog: they keep old rows readable, exclude each other, and survive lost answers.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class EvolutionTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Int, true), new(2, "name", PrimitiveType.String, false), new(3, "amount", PrimitiveType.Decimal(9, 2), false)]);

    [Fact]
    public async Task Old_and_new_rows_are_read_by_the_new_schema_and_old_snapshots_by_their_own()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema);
        table = await lake.AppendAsync(table, "SELECT 1 AS id, 'a' AS name, 1.50::DECIMAL(9,2) AS amount");
        var first = table.Metadata.CurrentSnapshotId;

        var change = table.NewTransaction().UpdateSchema(u => u.UpdateColumn("id", PrimitiveType.Long).RenameColumn("name", "title").DropColumn("amount").AddColumn("name", PrimitiveType.Date).MoveFirst("title"));
        var files = await lake.Lakehouse.Writer.WriteAsync(table, change.Schema, lake.Db, "SELECT 5000000000 AS id, 'b' AS title, DATE '2024-05-06' AS name", default);
        table = await change.Append(files).CommitAsync(default);

        Assert.Equal(["title 2 string", "id 1 long", "name 4 date"], table.Schema.Fields.Select(f => $"{f.Name} {f.Id} {f.Type}"));
        Assert.Equal(["1|a|NULL", "5000000000|b|2024-05-06"], await lake.RowsAsync(table, "id || '|' || title || '|' || coalesce(name::VARCHAR, 'NULL')"));
        Assert.Equal(["1|a|1.50"], await lake.RowsAsync(table, "id || '|' || name || '|' || amount", first));

        // Only metadata: no snapshot comes; and a schema that was there before gets its id again.
        var snapshots = table.Metadata.Snapshots.Count;
        table = await table.NewTransaction().UpdateSchema(u => u.RenameColumn("title", "t")).CommitAsync(default);
        var renamed = table.Metadata.CurrentSchemaId;
        table = await table.NewTransaction().UpdateSchema(u => u.RenameColumn("t", "title")).CommitAsync(default);
        Assert.Equal((3, snapshots, 1), (table.Metadata.Schemas.Count, table.Metadata.Snapshots.Count, table.Metadata.CurrentSchemaId));
        Assert.NotEqual(renamed, table.Metadata.CurrentSchemaId);

        // Nothing to change is nothing to commit.
        var location = table.MetadataLocation;
        table = await table.NewTransaction().UpdateSchema(u => u.RenameColumn("id", "x").RenameColumn("x", "id")).CommitAsync(default);
        Assert.Equal(location, table.MetadataLocation);
    }

    [Fact]
    public async Task Specs_orders_and_properties_change_and_come_back_under_their_ids()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema);
        table = await table.NewTransaction().UpdateSpec(u => u.AddField("id", Transform.Bucket(4)).AddField("name", Transform.Truncate(2))).ReplaceSortOrder(o => o.Desc("amount").Asc("id"))
            .SetProperty("a", "1").SetProperty("b", "2").CommitAsync(default);
        Assert.Equal((1, 1), (table.Metadata.DefaultSpecId, table.Metadata.DefaultSortOrderId));
        Assert.Equal(["id_bucket_4 1000", "name_trunc_2 1001"], table.Metadata.PartitionSpec.Fields.Select(f => $"{f.Name} {f.FieldId}"));
        Assert.Equal("desc", table.Metadata.SortOrder.Fields[0].Direction);

        table = await table.NewTransaction().UpdateSpec(u => u.RemoveField("id_bucket_4")).ReplaceSortOrder(_ => { }).SetProperty("a", "3").RemoveProperty("b").CommitAsync(default);
        Assert.Equal((2, 0, "3", false), (table.Metadata.DefaultSpecId, table.Metadata.DefaultSortOrderId, table.Metadata.Properties["a"], table.Metadata.Properties.ContainsKey("b")));
        table = await table.NewTransaction().UpdateSpec(u => u.AddField("id", Transform.Bucket(4))).ReplaceSortOrder(o => o.Desc("amount").Asc("id")).CommitAsync(default);
        Assert.Equal(["name_trunc_2 1001", "id_bucket_4 1000"], table.Metadata.PartitionSpec.Fields.Select(f => $"{f.Name} {f.FieldId}"));
        table = await table.NewTransaction().UpdateSpec(u => u.RemoveField("id_bucket_4")).CommitAsync(default);
        Assert.Equal((2, 1, 4, 1001), (table.Metadata.DefaultSpecId, table.Metadata.DefaultSortOrderId, table.Metadata.PartitionSpecs.Count, table.Metadata.LastPartitionId));

        // A column and what rests on it go together, and come together.
        table = await table.NewTransaction().UpdateSpec(u => u.RemoveField("name_trunc_2").AddField("id", Transform.Bucket(4))).UpdateSchema(u => u.DropColumn("name")).CommitAsync(default);
        table = await table.NewTransaction().UpdateSchema(u => u.AddColumn("day", PrimitiveType.Date)).UpdateSpec(u => u.AddField("day", Transform.Month)).CommitAsync(default);
        Assert.Equal(["id_bucket_4 1000", "day_month 1002"], table.Metadata.PartitionSpec.Fields.Select(f => $"{f.Name} {f.FieldId}"));
        Assert.Throws<ValidationException>(() => table.NewTransaction().UpdateSchema(u => u.DropColumn("day")));
    }

    [Fact]
    public async Task Of_two_who_change_the_same_metadata_the_second_fails_and_others_are_not_in_its_way()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var start = await lake.CreateAsync(s_schema);
        await start.NewTransaction().UpdateSchema(u => u.AddColumn("x", PrimitiveType.Int)).CommitAsync(default);
        await Assert.ThrowsAsync<CommitFailedException>(() => start.NewTransaction().UpdateSchema(u => u.AddColumn("y", PrimitiveType.Int)).CommitAsync(default));
        await start.NewTransaction().UpdateSpec(u => u.AddField("name", Transform.Identity)).CommitAsync(default);
        await Assert.ThrowsAsync<CommitFailedException>(() => start.NewTransaction().UpdateSpec(u => u.AddField("id", Transform.Identity)).CommitAsync(default));
        await start.NewTransaction().UpdateSpec(u => u.AddField("name", Transform.Identity)).CommitAsync(default);

        // The same change twice is one; properties and appends do not exclude each other.
        await start.NewTransaction().UpdateSchema(u => u.AddColumn("x", PrimitiveType.Int)).CommitAsync(default);
        await lake.AppendAsync(start, "SELECT 1 AS id");
        var table = await start.NewTransaction().SetProperty("p", "v").CommitAsync(default);
        Assert.Equal(("v", 4, "1"), (table.Metadata.Properties["p"], table.Schema.Fields.Count, table.Metadata.CurrentSnapshot!.Summary["total-records"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_answer_to_a_change_of_metadata_is_found_out(bool arrives)
    {
        var faults = 1;
        await using var lake = await Lake.OpenAsync(fixture, new FaultHandler(async (request, send) =>
        {
            if (!FaultHandler.IsTableCommit(request, "t") || Interlocked.Decrement(ref faults) < 0)
                return await send();
            if (arrives)
                await send();
            return new HttpResponseMessage(HttpStatusCode.BadGateway);
        }));
        var table = await lake.CreateAsync(s_schema);

        table = await table.NewTransaction().UpdateSchema(u => u.AddColumn("x", PrimitiveType.Int)).SetProperty("p", "v").CommitAsync(default);

        Assert.True(faults < 1);
        Assert.Equal((2, "v"), (table.Metadata.Schemas.Count, table.Metadata.Properties["p"]));
    }

    [Fact]
    public async Task A_change_of_metadata_and_an_append_to_another_table_are_one_commit_also_when_its_answer_is_lost()
    {
        var faults = 1;
        await using var lake = await Lake.OpenAsync(fixture, new FaultHandler(async (request, send) =>
        {
            var response = await send();
            return FaultHandler.IsTransaction(request) && Interlocked.Decrement(ref faults) >= 0 ? new HttpResponseMessage(HttpStatusCode.BadGateway) : response;
        }));
        var (a, b) = (await lake.CreateAsync(s_schema, name: "a"), await lake.CreateAsync(s_schema, name: "b"));
        await lake.Catalog.CommitTransactionAsync(
            [
                await a.NewTransaction().UpdateSchema(u => u.AddColumn("x", PrimitiveType.Int)).PrepareAsync(default),
                await b.NewTransaction().Append(await lake.WriteAsync(b, "SELECT 1 AS id")).PrepareAsync(default),
            ],
            default);

        Assert.True(faults < 1);
        (a, b) = (await a.RefreshAsync(default), await b.RefreshAsync(default));
        Assert.Equal((2, 0, 1), (a.Metadata.Schemas.Count, a.Metadata.Snapshots.Count, b.Metadata.Snapshots.Count));
        Assert.Equal(["1"], await lake.RowsAsync(b, "id"));

        // One of two that was overtaken fails both.
        var late = await a.NewTransaction().UpdateSchema(u => u.AddColumn("y", PrimitiveType.Int)).PrepareAsync(default);
        var append = await b.NewTransaction().Append(await lake.WriteAsync(b, "SELECT 2 AS id")).PrepareAsync(default);
        await a.NewTransaction().UpdateSchema(u => u.AddColumn("z", PrimitiveType.Int)).CommitAsync(default);
        await Assert.ThrowsAsync<CommitFailedException>(() => lake.Catalog.CommitTransactionAsync([late, append], default));
        b = await b.RefreshAsync(default);
        Assert.Equal(["1"], await lake.RowsAsync(b, "id"));
        await StoredFiles.AssertNoneStrayAsync(b);
    }
}
