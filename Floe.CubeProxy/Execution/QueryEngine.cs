using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Execution;

/// <summary>Runs planned queries on a set of tables.</summary>
public sealed class QueryEngine(EngineOptions options, TimeProvider time) : IDisposable
{
    public const string ActivitySourceName = "Floe.CubeProxy";

    private readonly SemaphoreSlim _slots = new(options.ConcurrentQueries, options.ConcurrentQueries);

    /// <exception cref="CubeApiException">The database refuses the query, or it takes too long, or its turn does not come.</exception>
    public Task<QueryResult> RunAsync(QueryPlan plan, SnapshotReader reader, CancellationToken ct) =>
        RunAsync(plan, reader, (connection, stop) => new QueryResult(Rows(connection, plan, stop), plan.CountSql is null ? null : Count(connection, plan, stop)), result => result.Rows.Count, ct);

    /// <summary>Runs SQL that was built around a plan, under the same limits.</summary>
    /// <param name="read">Takes the result's rows; called on another thread.</param>
    /// <exception cref="CubeApiException">As above.</exception>
    internal Task<T> RunAsync<T>(QueryPlan plan, string sql, IReadOnlyList<object> parameters, SnapshotReader reader, Func<DuckDBDataReader, T> read, Func<T, int> rowCount, CancellationToken ct) =>
        RunAsync(plan, reader, (connection, stop) =>
        {
            using var command = Command(connection, sql, parameters);
            using var cancellation = new CommandCancellation(command, stop);
            stop.ThrowIfCancellationRequested();
            using var rows = command.ExecuteReader();
            return read(rows);
        }, rowCount, ct);

    private async Task<T> RunAsync<T>(QueryPlan plan, SnapshotReader reader, Func<DuckDBConnection, CancellationToken, T> run, Func<T, int> rowCount, CancellationToken ct)
    {
        using var activity = CubeTelemetry.Source.StartActivity("cube.query");
        Describe(activity, plan);
        if (!_slots.Wait(TimeSpan.Zero, ct)) await WaitForSlotAsync(activity, ct);
        CubeTelemetry.Running.Add(1);
        using var limit = new CancellationTokenSource(options.QueryTimeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            // DuckDB blocks the thread that asks it; the pool's others go on serving.
            var result = await Task.Run(() => Run(reader.Set, run, timeout.Token), CancellationToken.None);
            activity?.SetTag("cube.row_count", rowCount(result));
            return result;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(activity, new CubeApiException(400, $"Error: The query took longer than {options.QueryTimeout.TotalSeconds:F0} s and was cancelled; ask for less data or a shorter range.", "timeout", inner: e));
        }
        catch (DuckDBException e) when (e.Message.StartsWith("Out of Memory", StringComparison.Ordinal))
        {
            throw Failed(activity, new CubeApiException(400, $"Error: The query needs more memory than the engine has ({options.MemoryLimit}); ask for less data or fewer groups.", "memory", inner: e));
        }
        catch (DuckDBException e)
        {
            throw Failed(activity, new CubeApiException(400, $"Error: {FirstLine(e.Message)}", "database", inner: e));
        }
        finally
        {
            CubeTelemetry.Running.Add(-1);
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task WaitForSlotAsync(Activity? activity, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.QueueTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        CubeTelemetry.Waiting.Add(1);
        try
        {
            await _slots.WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(activity, new CubeApiException(
                503, $"Error: {options.ConcurrentQueries} queries run already, and none ended within {options.QueueTimeout.TotalSeconds:0.#} s; try again in a moment.", "overloaded", inner: e));
        }
        finally
        {
            CubeTelemetry.Waiting.Add(-1);
        }
    }

    private static T Run<T>(SnapshotSet set, Func<DuckDBConnection, CancellationToken, T> run, CancellationToken ct)
    {
        var connection = set.Rent();
        var isReusable = false;
        try
        {
            var result = run(connection, ct);
            isReusable = true;
            return result;
        }
        catch (DuckDBException e) when (ct.IsCancellationRequested)
        {
            // What was ended while it was still prepared is told as an error of its own.
            throw new OperationCanceledException(e.Message, e, ct);
        }
        catch (Exception e) when (e is DuckDBException or CubeApiException)
        {
            // The statement failed, the connection did not.
            isReusable = true;
            throw;
        }
        finally
        {
            if (isReusable) set.Return(connection);
            else SnapshotSet.Discard(connection);
        }
    }

    private List<object?[]> Rows(DuckDBConnection connection, QueryPlan plan, CancellationToken ct)
    {
        using var command = Command(connection, plan.Sql, plan.Parameters);
        using var cancellation = new CommandCancellation(command, ct);
        ct.ThrowIfCancellationRequested();
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            if ((rows.Count + 1) * (long)plan.Columns.Count > options.MostCells)
                throw new CubeApiException(400, $"Error: The answer has more than {options.MostCells} values; ask for fewer rows (limit) or columns.", "too_many_values");
            var row = new object?[plan.Columns.Count];
            for (var i = 0; i < row.Length; i++) row[i] = CellFormat.Of(reader.GetValue(i));
            rows.Add(row);
        }
        return rows;
    }

    private static long Count(DuckDBConnection connection, QueryPlan plan, CancellationToken ct)
    {
        using var command = Command(connection, plan.CountSql!, plan.Parameters);
        using var cancellation = new CommandCancellation(command, ct);
        ct.ThrowIfCancellationRequested();
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static DuckDBCommand Command(DuckDBConnection connection, string sql, IReadOnlyList<object> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters) command.Parameters.Add(new DuckDBParameter(value));
        return command;
    }

    // What follows is the SQL with a marker under it, which is the engine's own.
    internal static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? message[..end] : message;

    private static CubeApiException Failed(Activity? activity, CubeApiException e)
    {
        activity.FailedBy(e.ErrorType);
        return e;
    }

    // Names and counts only: filter values can be personal data.
    private static void Describe(Activity? activity, QueryPlan plan)
    {
        if (activity is null) return;
        activity.SetTag("cube.name", string.Join(',', plan.Members.AllMembers.Select(member => member.Cube.Name).Distinct()));
        activity.SetTag("cube.measures_count", plan.Members.Measures.Count);
        activity.SetTag("cube.dimensions_count", plan.Members.Dimensions.Count + plan.Members.Times.Count(time => time.Granularity is not null));
        activity.SetTag("cube.filter_count", plan.Members.RowFilters.Count + plan.Members.MeasureFilters.Count);
    }
}
