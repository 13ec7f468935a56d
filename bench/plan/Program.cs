using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

// Time to plan a scan over many data files: bench/plan.sh starts a store and this.
// Arguments: endpoint of the store, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a folder; rounds.
if (args is not [var endpoint, var folder, var roundsText])
{
    Console.Error.WriteLine("Floe.Bench.Plan ENDPOINT FOLDER ROUNDS, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; see bench/plan.sh.");
    return 2;
}

const int Columns = 12;
const int FirstDay = 19_723;
var rounds = int.Parse(roundsText, CultureInfo.InvariantCulture);
var schema = new Schema([new(1, "id", PrimitiveType.Long, true), new(2, "at", PrimitiveType.Timestamp, false), new(3, "region", PrimitiveType.String, false), .. Enumerable.Range(4, Columns - 3).Select(i => new NestedField(i, $"c{i}", PrimitiveType.Long, false))]);
var spec = new PartitionSpec(1, [new(2, 1000, "at_day", Transform.Day)]);
var (key, secret) = (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID")!, Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY")!);
using var s3 = new S3FileIO(new Uri(endpoint), key, secret, "us-east-1");
using (var client = new AmazonS3Client(new BasicAWSCredentials(key, secret), new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" }))
    await client.PutBucketAsync("bench");

foreach (var (manifests, filesEach) in new[] { (100, 100), (10, 1000) })
{
    foreach (var (kind, io, location) in new (string, IFileIO, string)[] { ("file://", new LocalFileIO(), $"file://{folder}/{manifests}"), ("s3://", s3, $"s3://bench/{manifests}") })
    {
        var table = await CreateAsync(io, location, manifests, filesEach);
        var what = $"{manifests} manifests x {filesEach} files, {kind}";
        await MeasureAsync($"{what}, no filter", () => table.NewScan());
        await MeasureAsync($"{what}, one column's bounds", () => table.NewScan().Filter(Expression.Equal("id", 123_456L)));
        await MeasureAsync($"{what}, three columns' bounds and no partition", () => table.NewScan().Filter(Expression.And(Expression.GreaterThan("c4", 10L), Expression.LessThan("c5", long.MaxValue), Expression.StartsWith("region", "eu"))));
        await MeasureAsync($"{what}, a day of 100", () => table.NewScan().Filter(Expression.And(Expression.GreaterThanOrEqual("at", Day(50)), Expression.LessThan("at", Day(51)))));
    }
}

return 0;

static DateTime Day(int day) => DateTime.UnixEpoch.AddDays(FirstDay + day);

async Task MeasureAsync(string what, Func<Floe.Lakehouse.Scans.TableScan> scan)
{
    var plan = await scan().PlanAsync(default);
    var times = new List<double>();
    var (allocated, cpu) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
    for (var i = 0; i < rounds; i++)
    {
        var watch = Stopwatch.StartNew();
        plan = await scan().PlanAsync(default);
        times.Add(watch.Elapsed.TotalMilliseconds);
    }

    // On a shared machine the processor time says more than the clock.
    (allocated, cpu) = ((GC.GetTotalAllocatedBytes() - allocated) / rounds, (Environment.CpuUsage.TotalTime - cpu) / rounds);
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-75} median {times[times.Count / 2],5:0} ms, best {times[0],4:0} ms, {cpu.TotalMilliseconds,4:0} ms CPU, {allocated / 1e6,5:0.0} MB allocated, {plan.Entries.Count,5} files planned"));
}

async Task<Table> CreateAsync(IFileIO io, string location, int manifests, int filesEach)
{
    var list = new List<ManifestFile>();
    for (var m = 0; m < manifests; m++)
    {
        var writer = new ManifestWriter(spec, schema, ManifestContent.Data, 1);
        for (var f = 0; f < filesEach; f++)
            writer.Add(new(EntryStatus.Added, 1, null, null, File(location, (m * filesEach) + f, m * 100 / manifests)));
        var path = $"{location}/metadata/{m}.avro";
        var (content, manifest) = writer.Finish(path);
        await io.WriteAsync(path, content, default);
        list.Add(manifest with { SequenceNumber = 1, MinSequenceNumber = 1 });
    }

    var listPath = $"{location}/metadata/list.avro";
    await io.WriteAsync(listPath, ManifestList.Write(list, 1, null, 1), default);
    var metadata = new TableMetadata
    {
        FormatVersion = 2,
        TableUuid = Guid.NewGuid(),
        Location = location,
        LastUpdatedMs = 0,
        LastColumnId = Columns,
        Schemas = [schema],
        CurrentSchemaId = 0,
        PartitionSpecs = [spec],
        DefaultSpecId = 1,
        SortOrders = [SortOrder.Unsorted],
        CurrentSnapshotId = 1,
        Snapshots = [new Snapshot { SnapshotId = 1, TimestampMs = 0, ManifestList = listPath }],
    };
    return new Table(new TableIdentifier("bench", "plan"), metadata, null, io, catalog: null!);
}

DataFile File(string location, int number, int day)
{
    var counts = Enumerable.Range(1, Columns).ToDictionary(i => i, _ => 1000L);
    return new DataFile
    {
        FilePath = $"{location}/data/at_day={day}/{Guid.NewGuid()}.parquet",
        SpecId = 1,
        Partition = [FirstDay + day],
        RecordCount = 1000,
        FileSizeInBytes = 100_000,
        ColumnSizes = counts,
        ValueCounts = counts,
        NullValueCounts = Enumerable.Range(1, Columns).ToDictionary(i => i, _ => 0L),
        LowerBounds = Bounds(number * 1000L, "eu-central"),
        UpperBounds = Bounds((number * 1000L) + 999, "us-west"),
        SplitOffsets = [4],
    };

    Dictionary<int, byte[]> Bounds(long id, string region) => Enumerable.Range(1, Columns).ToDictionary(i => i, i => i switch
    {
        2 => SingleValue.Serialize(PrimitiveType.Timestamp, (FirstDay + day) * 86_400_000_000L),
        3 => SingleValue.Serialize(PrimitiveType.String, region),
        _ => SingleValue.Serialize(PrimitiveType.Long, id + i),
    });
}
