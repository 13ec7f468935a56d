using System.Numerics;
using Floe.Lakehouse;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class ManifestTests
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Uuid, true), new(2, "at", PrimitiveType.TimestampTz, false), new(3, "amount", PrimitiveType.Decimal(20, 2), false),
        new(4, "name", PrimitiveType.String, false), new(5, "day", PrimitiveType.Date, false), new(6, "other", PrimitiveType.Decimal(20, 2), false),
    ]);

    private static readonly PartitionSpec s_spec = new(1,
    [
        new(2, 1000, "at month", Transform.Month), new(3, 1001, "amount", Transform.Identity), new(4, 1002, "name", Transform.Identity),
        new(1, 1003, "id", Transform.Identity), new(5, 1004, "day", Transform.Identity), new(6, 1005, "other", Transform.Identity),
    ]);

    private static readonly TableMetadata s_metadata = new()
    {
        FormatVersion = 2,
        TableUuid = Guid.NewGuid(),
        Location = "file:///t",
        LastUpdatedMs = 0,
        LastColumnId = 6,
        Schemas = [s_schema],
        CurrentSchemaId = 0,
        PartitionSpecs = [PartitionSpec.Unpartitioned, s_spec],
        DefaultSpecId = 1,
        SortOrders = [SortOrder.Unsorted],
    };

    [Fact]
    public void Entries_come_back_whole_with_inherited_numbers()
    {
        var id = Guid.NewGuid();
        var full = new DataFile
        {
            FilePath = "s3://b/t/data/ü.parquet",
            SpecId = 1,
            Partition = [-1, new BigInteger(-3498000), "å", id, -5, BigInteger.Pow(10, 19)],
            RecordCount = 10,
            FileSizeInBytes = 1000,
            ColumnSizes = new Dictionary<int, long> { [1] = 100, [2] = 200 },
            ValueCounts = new Dictionary<int, long> { [1] = 10 },
            NullValueCounts = new Dictionary<int, long> { [1] = 0 },
            NanValueCounts = new Dictionary<int, long>(),
            LowerBounds = new Dictionary<int, byte[]> { [4] = [0x61] },
            UpperBounds = new Dictionary<int, byte[]> { [4] = [0x7A] },
            KeyMetadata = [9],
            SplitOffsets = [4, 500],
            EqualityIds = [1, 2],
            SortOrderId = 0,
        };
        var bare = new DataFile { FilePath = "s3://b/t/data/2.parquet", SpecId = 1, Partition = [null, null, null, null, null, null], RecordCount = 5, FileSizeInBytes = 500 };
        var writer = new ManifestWriter(s_spec, s_schema, ManifestContent.Data, 42);
        writer.Add(new(EntryStatus.Added, null, null, null, full));
        writer.Add(new(EntryStatus.Existing, 40, 3, 3, bare));
        writer.Add(new(EntryStatus.Deleted, 42, 4, 2, bare));

        var (bytes, manifest) = writer.Finish("file:///t/metadata/m.avro");
        var listed = ManifestList.Read(ManifestList.Write([manifest], 42, 41, 7), "list")[0];
        var entries = ManifestReader.Read(bytes, listed, s_metadata);

        Assert.Equal((7, 3), (listed.SequenceNumber, listed.MinSequenceNumber));
        Assert.Equal((1, 1, 1, 10L, 5L, 5L), (listed.AddedFilesCount, listed.ExistingFilesCount, listed.DeletedFilesCount, listed.AddedRowsCount, listed.ExistingRowsCount, listed.DeletedRowsCount));
        Assert.Equal(bytes.Length, listed.ManifestLength);
        Assert.Equal((42L, 7L, 7L), (entries[0].SnapshotId, entries[0].SequenceNumber, entries[0].FileSequenceNumber));
        Assert.Equal((40L, 3L, 3L), (entries[1].SnapshotId, entries[1].SequenceNumber, entries[1].FileSequenceNumber));
        Assert.Equal((42L, 4L, 2L), (entries[2].SnapshotId, entries[2].SequenceNumber, entries[2].FileSequenceNumber));
        Assert.Equivalent(full, entries[0].DataFile, strict: true);
        Assert.Equivalent(bare, entries[1].DataFile, strict: true);

        var name = listed.Partitions![2];
        Assert.True(name.ContainsNull);
        Assert.Equal("å"u8.ToArray(), name.LowerBound);
        Assert.Equal("å"u8.ToArray(), name.UpperBound);
        Assert.Equal(BitConverter.GetBytes(-1), listed.Partitions[0].LowerBound);
    }

    [Fact]
    public void An_entry_that_is_not_new_needs_its_sequence_numbers()
    {
        var writer = new ManifestWriter(PartitionSpec.Unpartitioned, s_schema, ManifestContent.Data, 1);
        var file = new DataFile { FilePath = "s3://b/x.parquet", RecordCount = 1, FileSizeInBytes = 1 };

        var e = Assert.Throws<ValidationException>(() => writer.Add(new(EntryStatus.Deleted, 1, null, null, file)));

        Assert.Contains("s3://b/x.parquet", e.Message);
    }

    [Fact]
    public void A_file_that_is_no_manifest_is_a_typed_error()
    {
        var manifest = new ManifestFile { ManifestPath = "s3://b/m.avro", ManifestLength = 3, PartitionSpecId = 0, AddedSnapshotId = 1 };
        var list = ManifestList.Write([manifest with { SequenceNumber = 1, MinSequenceNumber = 1 }], 1, null, 1);

        Assert.Throws<CorruptFileException>(() => ManifestReader.Read("PAR1"u8.ToArray(), manifest, s_metadata));
        var e = Assert.Throws<CorruptFileException>(() => ManifestReader.Read(list, manifest, s_metadata));
        Assert.Contains("s3://b/m.avro", e.Message);
    }

    [Fact]
    public void Damaged_manifests_and_lists_are_typed_errors_or_read()
    {
        var writer = new ManifestWriter(s_spec, s_schema, ManifestContent.Data, 42);
        var counts = Enumerable.Range(1, 6).ToDictionary(i => i, i => (long)i);
        for (var i = 0; i < 20; i++)
        {
            writer.Add(new(EntryStatus.Added, null, null, null, new DataFile
            {
                FilePath = $"s3://b/t/{i}.parquet", SpecId = 1, Partition = [i, new BigInteger(i), "x", Guid.NewGuid(), i, BigInteger.One], RecordCount = i, FileSizeInBytes = i,
                ValueCounts = counts, LowerBounds = counts.ToDictionary(c => c.Key, c => new byte[c.Key]), SplitOffsets = [4], EqualityIds = [1],
            }));
        }

        var (bytes, manifest) = writer.Finish("file:///t/metadata/m.avro");
        var list = ManifestList.Write([manifest], 42, 41, 7);
        Assert.Contains("its manifest list says", Assert.Throws<CorruptFileException>(() => ManifestReader.Read(bytes[..^20], manifest, s_metadata)).Message);

        var random = new Random(3);
        var damaged = 0;
        for (var i = 0; i < 400; i++)
        {
            var (first, second) = (Damage(bytes), Damage(list));
            damaged += Corrupt(() => ManifestReader.Read(first, manifest, s_metadata).SelectMany(e => e.DataFile.LowerBounds ?? new Dictionary<int, byte[]>()).Count());
            damaged += Corrupt(() => ManifestList.Read(second, "s3://b/list.avro").Count);
        }

        Assert.True(damaged > 100, $"Only {damaged} were noticed.");

        byte[] Damage(ReadOnlyMemory<byte> file)
        {
            var copy = file.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            return copy;
        }

        static int Corrupt(Func<int> read)
        {
            try
            {
                read();
                return 0;
            }
            catch (CorruptFileException)
            {
                return 1;
            }
        }
    }
}
