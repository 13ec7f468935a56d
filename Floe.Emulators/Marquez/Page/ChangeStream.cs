namespace Floe.Emulators.Marquez.Page;

/// <summary>Tells pages that something changed, as server-sent events at <c>/events</c>; what it was they ask for themselves.</summary>
internal sealed class ChangeStream(TimeProvider time, IHostApplicationLifetime lifetime)
{
    // A run brings dozens of events within a second: one word for all of them.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_sign = TimeSpan.FromSeconds(15);

    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static bool Is(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && http.Request.Path == "/events";

    /// <summary>Something changed.</summary>
    public void Tell() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public async Task SendAsync(HttpContext http)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var changed = _changed.Task;
        try
        {
            await http.Response.WriteAsync("retry: 1000\n\n", end.Token);
            await http.Response.Body.FlushAsync(end.Token);
            while (true)
            {
                string word;
                try
                {
                    await changed.WaitAsync(s_sign, time, end.Token);
                    await Task.Delay(s_pause, time, end.Token);
                    word = "data: changed\n\n";
                    changed = _changed.Task;
                }
                catch (TimeoutException)
                {
                    // A sign of life, by which a broken connection is seen.
                    word = ":\n\n";
                }

                await http.Response.WriteAsync(word, end.Token);
                await http.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page or the server goes.
        }
    }
}
