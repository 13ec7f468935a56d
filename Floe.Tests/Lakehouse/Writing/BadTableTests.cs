using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Tables that are not what they should be, and places that fail: a typed error names table, file and reason, and the table stays as it was.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class BadTableTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Int, true), new(2, "s", PrimitiveType.String, false)]);

    public static TheoryData<string, string, Type, string> Tampered => new()
    {
        { "\"id\":2,", "\"id\":1,", typeof(CorruptFileException), "field id 1" },
        { "\"format-version\":2", "\"format-version\":3", typeof(UnsupportedFormatException), "format-version 3" },
        { "\"format-version\":2", "\"format-version\":0", typeof(UnsupportedFormatException), "format-version 0" },
        { "\"type\":\"int\"", "\"type\":\"decimal(40, 2)\"", typeof(CorruptFileException), "decimal(40, 2)" },
        { "\"location\":\"s3://{bucket}/", "\"location\":\"s3://elsewhere/", typeof(OutsideWarehouseException), "s3://elsewhere/" },
        { "\"location\":\"s3://{bucket}/lakehouse/", "\"location\":\"s3://{bucket}/lakehouse/../secret/", typeof(OutsideWarehouseException), "/../secret/" },
        { "\"metadata-location\":\"s3://{bucket}/lakehouse/", "\"metadata-location\":\"file:///etc/", typeof(OutsideWarehouseException), "file:///etc/" },
        { "\"properties\":{", "\"properties\":{\"write.data.path\":\"s3://{bucket}/lakehouse-other/x\",", typeof(OutsideWarehouseException), "lakehouse-other" },
        { "\"manifest-list\":\"s3://{bucket}/lakehouse/", "\"manifest-list\":\"s3://{bucket}/other/", typeof(OutsideWarehouseException), "/other/" },
        { "\"manifest-list\":\"s3://{bucket}/lakehouse/", "\"manifest-list\":\"/proc/self/environ?", typeof(OutsideWarehouseException), "/proc/self/environ" },
    };

    [Theory]
    [MemberData(nameof(Tampered))]
    public async Task Metadata_that_are_wrong_or_lead_out_of_the_warehouse_are_refused(string from, string to, Type error, string says)
    {
        var tamper = false;
        await using var lake = await Lake.OpenAsync(fixture, new FaultHandler(async (request, send) =>
        {
            var response = await send();
            if (!tamper || !request.RequestUri!.AbsolutePath.EndsWith("/tables/t", StringComparison.Ordinal) || request.Method != HttpMethod.Get)
                return response;
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString();
            var changed = body.Replace(from.Replace("{bucket}", fixture.Bucket), to.Replace("{bucket}", fixture.Bucket));
            Assert.NotEqual(body, changed);
            response.Content = new StringContent(changed, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            response.Headers.Remove("ETag");
            return response;
        }));
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id");
        await using var other = fixture.Open();
        tamper = true;

        var e = await Assert.ThrowsAsync(error, async () =>
        {
            // A table loaded before answers 304; another client's does not.
            var loaded = await LoadAsync(lake, table.Identifier);
            await loaded.NewScan().PlanAsync(default);
        });

        Assert.Contains(says, e.Message);
        Assert.Contains(error == typeof(OutsideWarehouseException) ? table.Identifier.ToString() : "metadata.json", e.Message);
        Assert.Equal(table.MetadataLocation, (await other.Catalog.LoadTableAsync(table.Identifier, default)).MetadataLocation);

        async Task<Table> LoadAsync(Lake at, TableIdentifier id)
        {
            // Another commit makes the remembered state old.
            var own = await other.Catalog.LoadTableAsync(id, default);
            table = await own.NewTransaction().SetProperty("n", "1").CommitAsync(default);
            return await at.Catalog.LoadTableAsync(id, default);
        }
    }

    [Fact]
    public async Task A_data_file_outside_of_the_warehouse_is_not_read_and_not_removed()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema);
        var good = await lake.WriteAsync(table, "SELECT 1 AS id");
        foreach (var place in new[] { "/etc/hostname", "file:///etc/hostname", $"s3://{fixture.Bucket}/elsewhere/f.parquet", $"s3://{fixture.Bucket}/lakehouse/../f.parquet", "http://localhost/f.parquet" })
        {
            var bad = await table.NewTransaction().Append([good[0] with { FilePath = place }]).CommitAsync(default);
            var e = await Assert.ThrowsAsync<OutsideWarehouseException>(() => lake.Lakehouse.Scan.ToSqlAsync(bad, null, default));
            Assert.Equal(place, e.Location);
            Assert.Contains(table.Identifier.ToString(), e.Message);
            await Assert.ThrowsAsync<OutsideWarehouseException>(() => bad.IO.DeleteAsync([place], default));
            table = await bad.NewTransaction().Replace([]).CommitAsync(default);
        }
    }

    [Fact]
    public void A_warehouse_may_be_a_bucket_and_more_places_may_be_allowed()
    {
        using var local = new LocalTable(s_schema);
        var (id, metadata) = (local.Table.Identifier, local.Table.Metadata with { Location = "s3a://floe/x/t" });
        TableLocations.Of(id, metadata, "s3://floe/x/t/metadata/1.json", ["s3://floe"]).Check("s3n://floe/y/f.parquet");
        TableLocations.Of(id, metadata, "s3://floe/x/t/metadata/1.json", ["s3://floe/x/", "s3://other/imported"]).Check("s3://other/imported/f.parquet");
        TableLocations.Of(id, metadata, "s3://floe/x/t/metadata/1.json", []).Check("s3://floe/z");
        Assert.Throws<OutsideWarehouseException>(() => TableLocations.Of(id, metadata, null, []).Check("s3://floe2/z"));
        Assert.Throws<OutsideWarehouseException>(() => TableLocations.Of(id, metadata, null, ["s3://floe/x"]).Check("s3://floe/xy/f"));
        Assert.NotEmpty(new LakehouseOptions { AllowedLocations = ["imported"] }.Validate());
    }

    [SkippableFact]
    public async Task A_full_disk_for_temporary_files_is_a_typed_error_and_leaves_nothing()
    {
        using var disk = FullDisk.Mount("300k");
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "s", Transform.Identity)]));
        var writer = new ParquetWriter(Path.Combine(disk.Folder, "temp"));

        foreach (var sql in new[] { "SELECT (hash(i) % 2000000000)::INTEGER AS id, (i % 2)::VARCHAR AS s FROM range(400000) t(i)", "SELECT (hash(i) % 2000000000)::INTEGER AS id, 'x' AS s FROM range(400000) t(i)" })
        {
            var e = await Assert.ThrowsAsync<StorageException>(() => writer.WriteAsync(table, lake.Db, sql, default));
            Assert.Contains(table.Identifier.ToString(), e.Message);
            Assert.Contains(disk.Folder, e.Message);
            Assert.Contains("space", e.Message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(disk.Folder, "temp")));
        table = await table.NewTransaction().Append(await writer.WriteAsync(table, lake.Db, "SELECT 1 AS id, 'x' AS s", default)).CommitAsync(default);
        Assert.Equal(["1x"], await lake.RowsAsync(table, "id || s"));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [SkippableFact]
    public async Task A_full_store_is_a_typed_error_and_the_table_stays()
    {
        using var disk = FullDisk.Mount("1m");
        using var local = new LocalTable(s_schema);
        var catalog = new Maintenance.FolderCatalog(disk.Folder);
        var table = await catalog.CreateTableAsync(new("ns", "t"), s_schema);
        var writer = new ParquetWriter($"{local.Folder}/temp");
        table = await table.NewTransaction().Append(await writer.WriteAsync(table, local.Db, "SELECT 1 AS id", default)).CommitAsync(default);
        var stored = Stored();

        var e = await Assert.ThrowsAsync<StorageException>(() => writer.WriteAsync(table, local.Db, "SELECT (hash(i) % 2000000000)::INTEGER AS id FROM range(400000) t(i)", default));

        Assert.StartsWith(table.Location, e.Location);
        Assert.Contains("space", e.Message);
        Assert.Equal(stored, Stored());

        // Room for the data file and not for the manifests.
        var files = await writer.WriteAsync(table, local.Db, "SELECT 2 AS id", default);
        using (var filler = new FileStream(Path.Combine(disk.Folder, "filler"), FileMode.CreateNew))
        {
            var block = new byte[4096];
            Assert.Throws<IOException>(() => Fill(filler, block));
            await Assert.ThrowsAsync<StorageException>(() => table.NewTransaction().Append(files).CommitAsync(default));
        }

        File.Delete(Path.Combine(disk.Folder, "filler"));
        Assert.Equal(stored, Stored());
        Assert.Equal(table.MetadataLocation, (await table.RefreshAsync(default)).MetadataLocation);

        static void Fill(FileStream filler, byte[] block)
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }

        IReadOnlyList<string> Stored() => [.. Directory.EnumerateFiles(disk.Folder, "*", SearchOption.AllDirectories).Order()];
    }
}
