using Floe.Emulators.DataDirectories;

namespace Floe.Tests.Emulators;

public sealed class DirectoryLockTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("floe-lock-").FullName;
    private readonly ManualTime _time = new();

    private string File => Path.Combine(_directory, "lock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_held_lock_is_not_given_twice_and_without_patience_nobody_waits()
    {
        using var first = await DirectoryLock.TryTakeAsync(File, TimeSpan.Zero, _time, CancellationToken.None);
        Assert.NotNull(first);

        Assert.Null(await DirectoryLock.TryTakeAsync(File, TimeSpan.Zero, _time, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Who_waits_gets_it_when_the_first_ends()
    {
        var first = await DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None);
        var second = DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None);
        Assert.False(second.IsCompleted);

        first!.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));

        using var taken = await second.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Patience_is_measured_by_the_given_clock()
    {
        using var first = await DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None);
        var second = DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None);

        _time.Advance(s_patience - TimeSpan.FromTicks(1));
        await SecondWaitAsync();
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await second.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Waiting_ends_with_the_token()
    {
        using var first = await DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None);
        using var stopping = new CancellationTokenSource();
        var second = DirectoryLock.TryTakeAsync(File, s_patience, _time, stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_file_that_may_not_be_opened_is_not_called_held_and_not_waited_for()
    {
        Directory.CreateDirectory(File);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None));
        Assert.Empty(_time.Periods);
    }

    [SkippableFact]
    public async Task Any_other_error_is_not_called_held_either()
    {
        Skip.If(OperatingSystem.IsWindows(), "SKIPPED: links need a privilege on Windows.");
        System.IO.File.CreateSymbolicLink(File, "lock");

        await Assert.ThrowsAsync<IOException>(() => DirectoryLock.TryTakeAsync(File, s_patience, _time, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => DirectoryLock.TryTakeAsync(Path.Combine(_directory, "none", "lock"), s_patience, _time, CancellationToken.None));
        Assert.Empty(_time.Periods);
    }

    /// <summary>The second attempt has failed too.</summary>
    private async Task SecondWaitAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (_time.Periods.Count < 2)
            await Task.Delay(5, timeout.Token);
    }
}
