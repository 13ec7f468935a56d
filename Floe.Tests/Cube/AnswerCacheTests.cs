using System.Text;
using Floe.CubeProxy.Serving;

namespace Floe.Tests.Cube;

public sealed class AnswerCacheTests
{
    private static readonly Answer _answer = new(Encoding.UTF8.GetBytes("{}"));

    [Fact]
    public async Task Equal_requests_at_once_are_one_piece_of_work()
    {
        var cache = new AnswerCache(1_000_000);
        var started = 0;
        var release = new TaskCompletionSource<Answer>();
        var waiting = Enumerable.Range(0, 10).Select(_ => cache.GetAsync("key", _ =>
        {
            Interlocked.Increment(ref started);
            return release.Task;
        }, CancellationToken.None)).ToList();
        release.SetResult(_answer);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Same(_answer, answer));
        Assert.Equal(1, started);
        Assert.Same(_answer, await cache.GetAsync("key", _ => throw new InvalidOperationException("is kept"), CancellationToken.None));
    }

    [Fact]
    public async Task One_client_that_leaves_does_not_spoil_it_for_the_others()
    {
        var cache = new AnswerCache(1_000_000);
        var release = new TaskCompletionSource<Answer>();
        using var leaving = new CancellationTokenSource();
        var left = cache.GetAsync("key", ct => release.Task.WaitAsync(ct), leaving.Token);
        var stayed = cache.GetAsync("key", _ => throw new InvalidOperationException("is under way"), CancellationToken.None);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        release.SetResult(_answer);
        Assert.Same(_answer, await stayed);
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_is_cancelled()
    {
        var cache = new AnswerCache(1_000_000);
        var cancelled = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var left = cache.GetAsync("key", async ct =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
                return _answer;
            }
            finally
            {
                cancelled.SetResult();
            }
        }, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Same(_answer, await cache.GetAsync("key", _ => Task.FromResult(_answer), CancellationToken.None));
    }

    [Fact]
    public async Task Failures_are_not_kept()
    {
        var cache = new AnswerCache(1_000_000);
        await Assert.ThrowsAsync<FormatException>(() => cache.GetAsync("key", _ => Task.FromException<Answer>(new FormatException()), CancellationToken.None));
        Assert.Equal(0, cache.Count);
        Assert.Same(_answer, await cache.GetAsync("key", _ => Task.FromResult(_answer), CancellationToken.None));
    }

    [Fact]
    public async Task The_least_recently_used_go_first_and_the_bound_holds()
    {
        var cache = new AnswerCache(10_000);
        for (var i = 0; i < 100; i++)
        {
            await cache.GetAsync($"key {i}", _ => Task.FromResult(new Answer(new byte[500])), CancellationToken.None);
            Assert.NotNull(cache.Find("key 0"));
        }
        Assert.InRange(cache.Count, 5, 10);
        Assert.NotNull(cache.Find("key 99"));
        Assert.Null(cache.Find("key 50"));
        await cache.GetAsync("large", _ => Task.FromResult(new Answer(new byte[5_000])), CancellationToken.None);
        Assert.Null(cache.Find("large"));
    }
}
