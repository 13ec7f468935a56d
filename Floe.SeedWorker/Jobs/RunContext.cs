using System.Text.Json.Nodes;
using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>The run that a job works for: its parameters, and the record of its steps.</summary>
public sealed class RunContext(Run run, RunStore store, TimeProvider time)
{
    private int _steps;

    /// <summary>Id of the run.</summary>
    public Guid Id => run.Id;

    /// <summary>The job's parameters, checked.</summary>
    public JsonObject Parameters => run.Parameters;

    /// <summary>Does a step: a span, and a record with rows, duration and error.</summary>
    public async Task<T> StepAsync<T>(string name, Func<StepReport, Task<T>> work)
    {
        using var span = Telemetry.Source.StartActivity(name);
        var ordinal = ++_steps;
        var started = time.GetUtcNow();
        var watch = time.GetTimestamp();
        StepReport report = null!;
        report = new StepReport(() => SaveAsync(RunState.Running, null, ended: false));
        // Written whatever happens to the run: the record is what people look at when it was cancelled.
        Task SaveAsync(RunState state, string? error, bool ended) => store.SaveStepAsync(
            run.Id, ordinal,
            new RunStep(name, state, report.Rows, report.Detail, error, started, ended ? Math.Round(time.GetElapsedTime(watch).TotalMilliseconds, 3) : null),
            CancellationToken.None);

        await SaveAsync(RunState.Running, null, ended: false);
        FaultPoints.StepBegun(name);
        try
        {
            var result = await work(report);
            FaultPoints.StepWorked(name);
            span?.SetTag(Telemetry.Rows, report.Rows);
            await SaveAsync(RunState.Completed, null, ended: true);
            return result;
        }
        catch (Exception e)
        {
            span.Fail(e);
            try
            {
                await SaveAsync(RunState.Failed, e.Message, ended: true);
            }
            catch (NpgsqlException unsaved)
            {
                // Neither may hide the other: why the step failed, and why that is not recorded.
                throw new AggregateException($"The step failed ({e.Message}) and this could not be recorded ({unsaved.Message}).", e, unsaved);
            }
            throw;
        }
    }
}
