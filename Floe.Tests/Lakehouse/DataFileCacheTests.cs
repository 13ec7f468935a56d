using Floe.Lakehouse;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Storage;
using Floe.Tests.Lakehouse.Processes;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class DataFileCacheTests : IDisposable
{
    // The process needs connections that it does not use here.
    private static readonly Dictionary<string, string?> s_settings = new()
    {
        ["ConnectionStrings:lakehouse"] = "Uri=http://127.0.0.1:1/api/catalog;Warehouse=none;ClientId=none;ClientSecret=none",
        ["ConnectionStrings:minio"] = "Endpoint=http://127.0.0.1:1;AccessKey=none;SecretKey=none",
    };

    private readonly string folder = Directory.CreateTempSubdirectory("floe-cache-").FullName;
    private readonly LocalFileIO io = new();
    private readonly Clock clock = new();

    [Fact]
    public async Task A_file_is_fetched_once_and_then_served_from_the_copy()
    {
        var location = await StoreAsync("a", 100);
        var cache = Cache(1 << 20);

        var path = await cache.GetAsync(location, default);
        await io.DeleteAsync([location], default);

        Assert.Equal(path, await cache.GetAsync(location, default));
        Assert.Equal(path, await Cache(1 << 20).GetAsync(location, default));
        Assert.Equal(100, new FileInfo(path).Length);
    }

    [Fact]
    public async Task Many_readers_at_once_of_two_caches_get_whole_files()
    {
        var location = await StoreAsync("a", 1_000_000);
        DataFileCache[] caches = [Cache(1 << 30), Cache(1 << 30)];

        var lengths = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () => new FileInfo(await caches[i % 2].GetAsync(location, default)).Length)));

        Assert.All(lengths, n => Assert.Equal(1_000_000, n));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(folder, "cache"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_least_recently_used_go_first_and_fresh_ones_stay()
    {
        var cache = Cache(1000);
        var old = await cache.GetAsync(await StoreAsync("old", 400), default);
        clock.Now += TimeSpan.FromMinutes(1);
        var usedLocation = await StoreAsync("used", 400);
        var used = await cache.GetAsync(usedLocation, default);
        clock.Now += DataFileCache.Grace + TimeSpan.FromMinutes(1);
        Assert.Equal(used, await cache.GetAsync(usedLocation, default));

        var fresh = await cache.GetAsync(await StoreAsync("fresh", 900), default);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(used));
        Assert.True(File.Exists(fresh));
    }

    [Fact]
    public async Task What_an_interrupted_fetch_left_is_removed()
    {
        var cache = Cache(1000);
        var partial = Path.Combine(folder, "cache", $"x.{clock.Now.UtcTicks}.y.partial");
        await File.WriteAllTextAsync(partial, "half");
        clock.Now += DataFileCache.LongestFetch - TimeSpan.FromMinutes(1);
        await cache.GetAsync(await StoreAsync("a", 200), default);
        Assert.True(File.Exists(partial));

        clock.Now += TimeSpan.FromMinutes(1);
        await cache.GetAsync(await StoreAsync("b", 200), default);

        Assert.False(File.Exists(partial));
    }

    [Fact]
    public async Task A_missing_file_is_a_typed_error_and_can_be_asked_for_again()
    {
        var cache = Cache(1000);
        var location = $"file://{folder}/store/late";

        var e = await Assert.ThrowsAsync<FileMissingException>(() => cache.GetAsync(location, default));
        Assert.Equal(location, e.Location);
        await StoreAsync("late", 10);

        Assert.True(File.Exists(await cache.GetAsync(location, default)));
    }

    [Theory]
    [InlineData(false, "short")]
    [InlineData(true, "short")]
    [InlineData(true, "damaged")]
    [InlineData(true, "empty")]
    public async Task A_copy_that_is_not_whole_any_more_is_fetched_again(bool byAnotherProcess, string how)
    {
        var location = await StoreAsync("a", 5000);
        var cache = Cache(1 << 20);
        var path = await cache.GetAsync(location, default);
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, how switch { "short" => bytes[..^1], "empty" => [], _ => [.. bytes[..2000], 1, .. bytes[2001..]] });

        path = await (byAnotherProcess ? Cache(1 << 20) : cache).GetAsync(location, default);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(folder, "cache"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_of_another_length_than_the_manifest_says_is_a_typed_error()
    {
        var cache = Cache(1 << 20);
        var file = new DataFile { FilePath = await StoreAsync("a", 99), RecordCount = 1, FileSizeInBytes = 100 };

        var e = await Assert.ThrowsAsync<CorruptFileException>(() => cache.GetAsync(file, default));

        Assert.Contains(file.FilePath, e.Message);
        Assert.Contains("99 bytes, and 100", e.Message);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "cache"), "*", SearchOption.AllDirectories));
        Assert.True(File.Exists(await cache.GetAsync(file with { FileSizeInBytes = 99 }, default)));
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    public void The_checksum_is_castagnolis(string text, uint expected) => Assert.Equal(expected, ~Crc32C.Append(uint.MaxValue, System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task Several_processes_share_a_cache_that_is_swept_all_the_time()
    {
        const int Processes = 3;
        var cached = Path.Combine(folder, "cache");
        var locations = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var size = 20_000 + i;
            locations.Add($"file://{folder}/store/{size}.bin");
            var content = new byte[size];
            content.AsSpan().Fill((byte)size);
            await io.WriteAsync(locations[^1], content, default);
        }

        // A tenth of the files fits, and what was used 50 ms ago may go. A fetch has 7 s by that clock, in which no machine stands still.
        object[] arguments = ["cache", cached, 80_000, DateTimeOffset.UtcNow.Ticks, (int)(DataFileCache.Grace / TimeSpan.FromMilliseconds(50)), 20_000, .. locations];
        var ends = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => WriterProcess.RunAsync(s_settings, null, arguments)));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Output));
        var left = new DirectoryInfo(cached).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        Assert.DoesNotContain(left, f => f.Extension == ".partial");
        Assert.True(left.Count < locations.Count, $"{left.Count} files were left");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private DataFileCache Cache(long maxBytes) => new(io, Path.Combine(folder, "cache"), maxBytes, clock);

    private async Task<string> StoreAsync(string name, int bytes)
    {
        var location = $"file://{folder}/store/{name}";
        await io.WriteAsync(location, new byte[bytes], default);
        return location;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
