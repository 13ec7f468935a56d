using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

// Throughput of an S3 store on loopback with signed requests: bench/minio.sh starts the store and this.
// Arguments: endpoint, megabytes per object, process id of the store (0: not measured).
if (args is not [var endpoint, var megabytesText, var pidText])
{
    Console.Error.WriteLine("Floe.Bench.Minio ENDPOINT MEGABYTES STORE_PID, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; see bench/minio.sh.");
    return 2;
}

var megabytes = int.Parse(megabytesText, CultureInfo.InvariantCulture);
var content = new byte[megabytes * 1024L * 1024];
new Random(1).NextBytes(content);
const string Bucket = "bench";
using var store = pidText == "0" ? null : Process.GetProcessById(int.Parse(pidText, CultureInfo.InvariantCulture));
using var standard = Client(_ => { });
using var plain = Client(config =>
{
    config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
    config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
});
using var http = new HttpClient();
using var signed = new SignedHttp(endpoint, Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID")!, Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY")!);
var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
var figures = new Dictionary<string, List<double>>();
await standard.PutBucketAsync(Bucket);

await PutAsync(standard, "warm", chunked: true);
await GetAsync(standard, "warm");
for (var round = 1; round <= 3; round++)
{
    await MeasureAsync($"put {megabytes} MB, signed by header", megabytes, "MB/s", () => signed.PutAsync($"/{Bucket}/signed", content, sha256));
    await MeasureAsync($"get {megabytes} MB, signed by header", megabytes, "MB/s", () => signed.GetAsync($"/{Bucket}/signed"));
    await MeasureAsync($"put {megabytes} MB, SDK defaults (signed chunks, CRC-32 trailer)", megabytes, "MB/s", () => PutAsync(standard, "chunked", chunked: true));
    await MeasureAsync($"put {megabytes} MB, SDK, one signed hash", megabytes, "MB/s", () => PutAsync(plain, "plain", chunked: false));
    await MeasureAsync($"get {megabytes} MB, SDK", megabytes, "MB/s", () => GetAsync(plain, "plain"));
    await MeasureAsync($"put {megabytes} MB, presigned address (the client hashes nothing)", megabytes, "MB/s", PutPresignedAsync);
    await MeasureAsync($"get {megabytes} MB, presigned address", megabytes, "MB/s", GetPresignedAsync);
    await MeasureAsync("put 1000 x 1 KB, 8 at once", 1000, "/s", () => EachAsync(1000, i => PutSmallAsync($"small/{i}")));
    await MeasureAsync("get 1000 x 1 KB, 8 at once", 1000, "/s", () => EachAsync(1000, i => GetAsync(standard, $"small/{i}")));
}
// The limits of the issue: signed requests on loopback, on a machine that does nothing else.
var kept = Figure("get", 300) & Figure("put", 150);
if (pidText != "0")
{
    var peak = long.Parse(File.ReadLines($"/proc/{pidText}/status").Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':', 'k')[1], CultureInfo.InvariantCulture) / 1024;
    kept &= peak < 150;
    Console.WriteLine($"memory of the store: peak {peak} MB, limit 150 MB");
}
Console.WriteLine($"load average: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
return kept ? 0 : 1;

bool Figure(string verb, double limit)
{
    var values = figures[$"{verb} {megabytes} MB, signed by header"].Order().ToList();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb}, signed by header: median {values[values.Count / 2]:0} MB/s ({values[0]:0} to {values[^1]:0}), limit {limit:0} MB/s"));
    return values[values.Count / 2] >= limit;
}

AmazonS3Client Client(Action<AmazonS3Config> configure)
{
    var config = new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" };
    configure(config);
    return new AmazonS3Client(new EnvironmentVariablesAWSCredentials(), config);
}

Task PutAsync(AmazonS3Client s3, string key, bool chunked) => s3.PutObjectAsync(new PutObjectRequest
{
    BucketName = Bucket, Key = key, InputStream = new MemoryStream(content), UseChunkEncoding = chunked,
});

async Task PutPresignedAsync()
{
    using var body = new ByteArrayContent(content);
    using var answer = await http.PutAsync(await AddressAsync(HttpVerb.PUT), body);
    answer.EnsureSuccessStatusCode();
}

async Task GetPresignedAsync()
{
    await using var stream = await http.GetStreamAsync(await AddressAsync(HttpVerb.GET));
    await stream.CopyToAsync(Stream.Null, 1024 * 1024);
}

Task<string> AddressAsync(HttpVerb verb) => standard.GetPreSignedURLAsync(new GetPreSignedUrlRequest
{
    BucketName = Bucket, Key = "presigned", Verb = verb, Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5),
});

Task PutSmallAsync(string key) => standard.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(content, 0, 1024) });

async Task GetAsync(AmazonS3Client s3, string key)
{
    using var got = await s3.GetObjectAsync(Bucket, key);
    var buffer = new byte[1024 * 1024];
    while (await got.ResponseStream.ReadAsync(buffer) > 0)
    {
    }
}

Task EachAsync(int count, Func<int, Task> call) =>
    Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await call(i));

async Task MeasureAsync(string what, int amount, string unit, Func<Task> work)
{
    var (watch, cpu, own) = (Stopwatch.StartNew(), store?.TotalProcessorTime ?? default, Environment.CpuUsage.TotalTime);
    await work();
    var elapsed = watch.Elapsed;
    store?.Refresh();
    // On a shared machine the processor time says more than the clock.
    cpu = (store?.TotalProcessorTime ?? default) - cpu;
    own = Environment.CpuUsage.TotalTime - own;
    if (!figures.TryGetValue(what, out var list))
        figures[what] = list = [];
    list.Add(amount / elapsed.TotalSeconds);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-63} {amount / elapsed.TotalSeconds,7:0} {unit,-4}  store {cpu.TotalMilliseconds / amount,6:0.00} ms CPU each, client {own.TotalMilliseconds / amount,6:0.00}"));
}
