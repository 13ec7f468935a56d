using Floe.Lakehouse.Data;
using Floe.Lakehouse.Storage;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class DataFileCacheTests : IDisposable
{
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
        var partial = Path.Combine(folder, "cache", "x.partial");
        await File.WriteAllTextAsync(partial, "half");
        File.SetLastAccessTimeUtc(partial, clock.Now.UtcDateTime);
        clock.Now += DataFileCache.Grace + TimeSpan.FromMinutes(1);

        await cache.GetAsync(await StoreAsync("a", 200), default);

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
