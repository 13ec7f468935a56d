using System.IO.Compression;
using Floe.Lakehouse;
using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.Tests.Lakehouse.Maintenance;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Metadata, manifest lists, manifests and data files that are cut short or damaged at any byte: a typed error or, by luck, another content; never
/// another exception, an endless loop or an allocation without bound.</summary>
public sealed class DamagedFileTests : IAsyncLifetime
{
    private const long MostBytesPerRead = 64 * 1024 * 1024;
    private readonly string folder = Directory.CreateTempSubdirectory("floe-damaged-").FullName;
    private readonly LocalFileIO io = new();
    private DuckDbScan scan = null!;
    private ParquetWriter writer = null!;
    private Table table = null!;
    private ManifestFile manifest = null!;

    private string List => table.Metadata.CurrentSnapshot!.ManifestList!;

    public async Task InitializeAsync()
    {
        scan = new DuckDbScan(new DataFileCache(io, $"{folder}/cache", 1 << 30));
        writer = new ParquetWriter($"{folder}/temp");
        var schema = new Schema([new(1, "day", PrimitiveType.Date, false), new(2, "amount", PrimitiveType.Decimal(12, 2), false), new(3, "name", PrimitiveType.String, false)]);
        var spec = new PartitionSpec(0, [new(1, 1000, "day_month", Transform.Month), new(2, 1001, "amount_id", Transform.Identity), new(3, 1002, "name_start", Transform.Truncate(2))]);
        table = await new FolderCatalog(folder).CreateTableAsync(new TableIdentifier("shop", "damaged"), schema, spec);
        using var db = LocalTable.Duck();
        object?[][] partitions = [[648, new System.Numerics.BigInteger(150), "ab"], [null, null, null]];
        foreach (var partition in partitions)
        {
            var rows = partition[0] is null ? "SELECT NULL::DATE AS day, NULL::DECIMAL(12,2) AS amount, NULL::VARCHAR AS name" : "SELECT DATE '2024-01-05' AS day, 1.5::DECIMAL(12,2) AS amount, 'abc' || i AS name FROM range(100) t(i)";
            table = await table.NewTransaction().Append([(await writer.WriteFileAsync(table, schema, table.Metadata.PartitionSpec, partition, db, rows, default))!]).CommitAsync(default);
        }

        manifest = ManifestList.Read(await io.ReadAsync(List, default), List)[1];
    }

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Metadata_damaged_anywhere_are_typed_errors()
    {
        var json = await io.ReadAsync(table.MetadataLocation!, default);
        foreach (var damaged in Damages(json))
        {
            Assert.InRange(AllocatedBy(() =>
            {
                var metadata = TableMetadata.Parse(damaged, "file:///x.metadata.json");
                _ = metadata.SnapshotAsOf(DateTimeOffset.MaxValue);
                foreach (var snapshot in metadata.Snapshots)
                    _ = (snapshot.Timestamp, snapshot.Operation);
                foreach (var spec in metadata.PartitionSpecs)
                    _ = spec.ResultTypes(metadata.Schema);
            }), 0, MostBytesPerRead);
        }
    }

    [Fact]
    public async Task A_manifest_list_damaged_anywhere_is_a_typed_error()
    {
        var avro = await io.ReadAsync(List, default);
        foreach (var damaged in Damages(avro).Concat(InnerDamages(avro)))
            Assert.InRange(AllocatedBy(() => _ = ManifestList.Write(ManifestList.Read(damaged, "file:///list.avro"), 1, null, 1)), 0, MostBytesPerRead);
    }

    [Fact]
    public async Task A_manifest_damaged_anywhere_is_a_typed_error()
    {
        var avro = await io.ReadAsync(manifest.ManifestPath, default);
        foreach (var damaged in Damages(avro).Concat(InnerDamages(avro)))
        {
            Assert.InRange(AllocatedBy(() =>
            {
                var again = new ManifestWriter(table.Metadata.PartitionSpec, table.Schema, ManifestContent.Data, 1);
                foreach (var entry in ManifestReader.Read(damaged, manifest, table.Metadata))
                    again.Add(entry with { Status = EntryStatus.Existing, SequenceNumber = entry.SequenceNumber ?? 0, FileSequenceNumber = entry.FileSequenceNumber ?? 0 });
                again.Finish("file:///again.avro");
            }), 0, MostBytesPerRead);
        }
    }

    [Fact]
    public void Records_without_bytes_do_not_come_without_end()
    {
        foreach (var schema in new[] { "\"null\"", """{"type":"record","name":"r","fields":[]}""", """{"type":"array","items":"null"}""", """{"type":"fixed","name":"f","size":0}""", """{"type":"fixed","name":"f","size":-5}""" })
        {
            var avro = new AvroEncoder();
            avro.Raw("Obj\u0001"u8);
            avro.Long(1);
            avro.String("avro.schema");
            avro.String(schema);
            avro.Long(0);
            avro.Raw(new byte[16]);
            avro.Long(schema.Contains("array", StringComparison.Ordinal) ? 1 : long.MaxValue / 2);
            var block = new AvroEncoder();
            block.Long(long.MaxValue / 2);
            block.Long(long.MaxValue / 2);
            avro.Bytes(block.Written.Span);
            avro.Raw(new byte[16]);

            Assert.Throws<CorruptFileException>(() => AvroContainer.Read(avro.Written, "file:///x.avro"));
        }
    }

    [Fact]
    public void A_block_that_unpacks_to_far_too_much_is_refused()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 300; i++)
                deflate.Write(zeros);
        }

        var avro = new AvroEncoder();
        avro.Raw("Obj\u0001"u8);
        avro.Long(2);
        foreach (var text in new[] { "avro.schema", "\"long\"", "avro.codec", "deflate" })
            avro.String(text);
        avro.Long(0);
        avro.Raw(new byte[16]);
        avro.Long(1);
        avro.Bytes(packed.ToArray());
        avro.Raw(new byte[16]);

        Assert.Contains("unpacks to more", Assert.Throws<CorruptFileException>(() => AvroContainer.Read(avro.Written, "file:///x.avro")).Message);
    }

    public static TheoryData<string> Files => ["list", "manifest", "data"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_file_is_an_error_that_names_table_and_file_and_the_table_stays_as_it_was(string what)
    {
        var data = (await table.NewScan().PlanAsync(default)).Entries[0].DataFile;
        var location = what switch { "list" => List, "manifest" => manifest.ManifestPath, _ => data.FilePath };
        var path = LocalFileIO.PathOf(location);
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, whole[..^20]);
        using var db = LocalTable.Duck();

        var e = await Assert.ThrowsAsync<CorruptFileException>(() => scan.ToSqlAsync(table, null, default));
        Assert.Equal(location, e.Location);
        Assert.Contains("shop", e.Message);
        Assert.Contains("damaged", e.Message);
        if (what == "list")
        {
            var change = table.NewTransaction().Append([data with { FilePath = $"{table.Location}/data/new.parquet" }]);
            Assert.Equal("shop.damaged", (await Assert.ThrowsAsync<CorruptFileException>(() => change.CommitAsync(default))).Table);
        }

        await File.WriteAllBytesAsync(path, whole);
        var now = await table.RefreshAsync(default);
        Assert.Equal(table.MetadataLocation, now.MetadataLocation);
        Assert.Equal(101L, LocalTable.Scalar<long>(db, $"SELECT count(*) FROM {await scan.ToSqlAsync(now, null, default)}"));
        await StoredFiles.AssertNoneStrayAsync(now);
    }

    [Fact]
    public async Task Compaction_of_a_damaged_file_changes_nothing()
    {
        var data = (await table.NewScan().PlanAsync(default)).Entries.Single(e => e.DataFile.RecordCount == 100).DataFile;
        using var db = LocalTable.Duck();
        table = await table.NewTransaction().Append([(await writer.WriteFileAsync(table, table.Schema, table.Metadata.PartitionSpec, data.Partition, db, "SELECT DATE '2024-01-05' AS day, 1.5::DECIMAL(12,2) AS amount, 'abc' AS name", default))!]).CommitAsync(default);
        var path = LocalFileIO.PathOf(data.FilePath);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(4, bytes.Length / 2).Clear();
        await File.WriteAllBytesAsync(path, bytes);

        var e = await Assert.ThrowsAsync<LakehouseException>(() => new RewriteDataFiles(table, scan, writer) { MinInputFiles = 2 }.ExecuteAsync(default));

        Assert.Contains("shop.damaged", e.Message);
        Assert.Contains(data.FilePath, e.Message);
        Assert.Equal(table.MetadataLocation, (await table.RefreshAsync(default)).MetadataLocation);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    /// <summary>Cut short at every few bytes, and every byte changed in two ways.</summary>
    private static IEnumerable<byte[]> Damages(byte[] whole)
    {
        for (var i = 0; i < whole.Length; i += 3)
            yield return whole[..i];
        foreach (var change in new byte[] { 0xFF, 0x01 })
        {
            for (var i = 0; i < whole.Length; i++)
                yield return Changed(whole, i, change);
        }
    }

    /// <summary>As <see cref="Damages"/>, inside of the compressed block of an Avro file.</summary>
    private static IEnumerable<byte[]> InnerDamages(byte[] whole)
    {
        var sync = whole[^16..];
        var blockAt = whole.AsSpan().IndexOf(sync) + 16;
        var decoder = new AvroDecoder(whole.AsSpan(blockAt));
        var count = decoder.Long();
        using var inflated = new MemoryStream();
        using (var deflate = new DeflateStream(new MemoryStream(decoder.Bytes().ToArray()), CompressionMode.Decompress))
            deflate.CopyTo(inflated);
        var header = whole[..blockAt];
        var plain = inflated.ToArray();
        return Damages(plain).Select(damaged =>
        {
            using var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                deflate.Write(damaged);
            var avro = new AvroEncoder();
            avro.Raw(header);
            avro.Long(count);
            avro.Bytes(packed.ToArray());
            avro.Raw(sync);
            return avro.Written.ToArray();
        });
    }

    private static byte[] Changed(byte[] whole, int at, byte change)
    {
        var copy = (byte[])whole.Clone();
        copy[at] ^= change;
        return copy;
    }

    private static long AllocatedBy(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (LakehouseException)
        {
            // What is wanted.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
