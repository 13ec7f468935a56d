using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence;

/// <summary>Runs the checks, one verification at a time. A check that breaks or hangs is one of the results, not the end of the others.</summary>
internal sealed class EvidenceRunner(IEnumerable<IEvidenceCheck> checks, IOptions<EvidenceOptions> options, TimeProvider time, ILogger<EvidenceRunner> log) : IDisposable
{
    private readonly TimeSpan _allPatience = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly TimeSpan _patience = options.Value.CheckTimeout;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Runs all checks; null when a verification is under way already.</summary>
    public async Task<EvidenceReport?> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        if (!await _oneAtATime.WaitAsync(0, ct))
            return null;
        try
        {
            var (startedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
            using var all = new CancellationTokenSource(_allPatience, time);
            var results = new Dictionary<string, EvidenceResult>();
            foreach (var stage in checks.GroupBy(check => check.Stage).OrderBy(stage => stage.Key))
            {
                foreach (var result in await Task.WhenAll(stage.Select(check => RunAsync(check, request, all.Token, ct))))
                    results.Add(result.Name, result);
            }

            var report = new EvidenceReport(
                EvidenceReport.CurrentVersion, startedAt, Elapsed(started), results.Values.Any(r => r.Status == EvidenceStatus.Fail) ? EvidenceStatus.Fail : EvidenceStatus.Pass,
                [.. checks.Select(check => results[check.Name])]);
            log.LogInformation(
                "verification: {Passed} of {Count} checks hold in {Seconds:0.0} s, failed: {Failed}", report.Checks.Count(c => c.Status == EvidenceStatus.Pass), report.Checks.Count,
                report.DurationMs / 1000, report.Checks.Where(c => c.Status == EvidenceStatus.Fail).Select(c => c.Name).DefaultIfEmpty("none").Aggregate((a, b) => $"{a}, {b}"));
            return report;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<EvidenceResult> RunAsync(IEvidenceCheck check, EvidenceRequest request, CancellationToken all, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, all, patience.Token);
        try
        {
            // Not on the caller's thread: a check that computes must not hold up the others.
            var finding = await Task.Run(() => check.RunAsync(request, either.Token), either.Token);
            return Result(finding.Holds ? EvidenceStatus.Pass : EvidenceStatus.Fail, finding, null);
        }
        catch (NotCheckedException e)
        {
            return Result(EvidenceStatus.Skip, null, e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return Result(EvidenceStatus.Fail, null, e is OperationCanceledException && either.IsCancellationRequested ? $"no result after {time.GetElapsedTime(started).TotalSeconds:0} s" : e.Message);
        }

        EvidenceResult Result(EvidenceStatus status, Finding? finding, string? reason) =>
            new(check.Name, check.Compared, status, finding?.Expected, finding?.Actual, reason, Elapsed(started), finding?.Details);
    }

    private double Elapsed(long started) => Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1);
}
