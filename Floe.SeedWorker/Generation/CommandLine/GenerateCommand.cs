using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Floe.Lakehouse;
using Floe.ServiceDefaults.CommandLine;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>The verb <c>generate</c>: the shop's tables as Parquet files, without a lakehouse.</summary>
internal static class GenerateCommand
{
    /// <summary>Exit code of a wrong command line (sysexits.h, EX_USAGE).</summary>
    public const int UsageError = 64;

    /// <summary>Exit code for a folder that cannot be written to (sysexits.h, EX_IOERR).</summary>
    public const int OutputError = 74;

    /// <summary>Exit code of a burst that was slower than asked for.</summary>
    public const int TooSlow = 1;

    // As a shell says it of a program that SIGINT ended.
    private const int Interrupted = 130;

    private const double Tolerance = 0.10;

    private const string Name = "generate";

    /// <summary>Runs the verb on the console; SIGINT and SIGTERM end it and leave nothing half written.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return await RunAsync(args, new Screen(Console.Out, Console.Error, !Console.IsErrorRedirected), TimeProvider.System, stopping.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    /// <summary>Runs the verb.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args, Screen screen, TimeProvider time, CancellationToken ct)
    {
        try
        {
            if (args.Any(a => a is "--help" or "-h"))
            {
                await screen.Output.WriteAsync(Help());
                return 0;
            }

            return await RunAsync(GenerateRequest.Read(Arguments.Parse(args, GenerateRequest.Options), time.GetUtcNow()), screen, time, ct);
        }
        catch (UsageException e)
        {
            await screen.Errors.WriteLineAsync($"{Name}: {e.Message} (see {Name} --help).");
            return UsageError;
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is OperationCanceledException or DuckDBException)
        {
            await screen.Errors.WriteLineAsync($"{Name}: stopped; files that were not complete are removed.");
            return Interrupted;
        }
        catch (ConfigurationException e)
        {
            await screen.Errors.WriteLineAsync($"{Name}: {e.Message}");
            return ServiceRunner.ConfigurationError;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DuckDBException or LakehouseException or InvalidDataException)
        {
            await screen.Errors.WriteLineAsync($"{Name}: {e.Message}");
            return OutputError;
        }
    }

    private static async Task<int> RunAsync(GenerateRequest request, Screen screen, TimeProvider time, CancellationToken ct)
    {
        if (request.Folder is not { } output)
            return await LakehousePart.WriteAsync(request, screen, time, ct);
        var started = time.GetTimestamp();
        var written = new ConcurrentBag<WrittenFile>();
        var held = TimeSpan.Zero;
        using (var folder = new ParquetFolder(output, request.Shard))
        using (var progress = new RowProgress(request.Quiet ? TextWriter.Null : screen.Errors, screen.IsTerminal && !request.Quiet, Expected(request), time))
        using (var files = new FileWriter(request.Threads, folder, written.Add, progress.Add))
        {
            if (request.Burst is null)
            {
                await files.WriteAsync(Units(request).SelectMany(units => units), ct);
                folder.Publish();
            }
            else
            {
                held = await BurstAsync(request, files, folder, time, ct);
            }
        }

        await screen.Output.WriteLineAsync(Summary(request, [.. written], time.GetElapsedTime(started).TotalSeconds));
        if (request.Burst is not { } burst)
            return 0;
        var rate = (double)burst.PerSecond * burst.Seconds / held.TotalSeconds;
        await screen.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"burst: {burst.PerSecond:N0} orders a second asked for, {rate:N1} held over {held.TotalSeconds:0.0} s"));
        if (rate >= burst.PerSecond * (1 - Tolerance))
            return 0;
        await screen.Errors.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Name}: --rate is {burst.PerSecond}, and this machine held {rate:0}; it must be held within 10 %: give a lower rate, or more --threads."));
        return TooSlow;
    }

    // A batch at the start of every second; each is there for its readers when it is complete.
    private static async Task<TimeSpan> BurstAsync(GenerateRequest request, FileWriter files, ParquetFolder folder, TimeProvider time, CancellationToken ct)
    {
        var pace = new Pace(time, TimeSpan.FromSeconds(1));
        var second = 0;
        foreach (var units in Units(request))
        {
            await pace.WaitForAsync(second++, ct);
            await files.WriteAsync(units, ct);
            folder.Publish();
        }

        // The last second is as long as the others.
        await pace.WaitForAsync(second, ct);
        return pace.Elapsed;
    }

    // One batch after the other, on customers and products that are made once.
    private static IEnumerable<IEnumerable<WorkUnit>> Units(GenerateRequest request)
    {
        ShopGenerator? shop = null;
        foreach (var (plan, folder) in BatchSequence.Of(request))
        {
            shop = new ShopGenerator(plan, shop);
            yield return WorkUnit.Of(shop, folder, request.Shard);
        }
    }

    private static long Expected(GenerateRequest request)
    {
        var shop = request.Shop;
        return (long)((shop.Customers + shop.Products + (shop.Orders + (shop.Items ?? 3 * shop.Orders)) * (1 + shop.DuplicateRate)) / request.Shard.Of);
    }

    private static string Summary(GenerateRequest request, IReadOnlyList<WrittenFile> files, double seconds)
    {
        var lines = Lakehouse.Contract.Shop.Tables.Select(table => (table.Name, Files: files.Where(f => f.Table == table).ToList()))
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name,-12} {t.Files.Sum(f => f.Rows),15:N0} rows  {t.Files.Sum(f => f.Bytes) / 1e6,10:N1} MB  {t.Files.Count,6:N0} files"));
        using var process = Process.GetCurrentProcess();
        var (rows, bytes) = (files.Sum(f => f.Rows), files.Sum(f => f.Bytes));
        var total = string.Create(
            CultureInfo.InvariantCulture,
            $"{"in all",-12} {rows,15:N0} rows  {bytes / 1e6,10:N1} MB  {files.Count,6:N0} files  in {seconds:0.00} s: {rows / seconds:N0} rows/s, {bytes / 1e6 / seconds:N1} MB/s; peak memory {process.PeakWorkingSet64 / 1e6:N0} MB");
        return string.Join(Environment.NewLine, [.. lines, total, $"in {request.Folder}"]);
    }

    private static string Help()
    {
        var width = GenerateRequest.Options.Max(o => o.ToString().Length);
        return $"""
            Floe.SeedWorker {Name} --out DIR [OPTION]...

              Writes the shop's tables (customers, products, orders, order_items) as Parquet files. The rows depend on the options alone: threads, shards,
              runs and machines change nothing. Memory does not grow with the number of rows.

            {string.Join(Environment.NewLine, GenerateRequest.Options.Select(o => $"  {o.ToString().PadRight(width)}  {o.Meaning}"))}

              Files appear in their places when they are complete, and never replace others.
              With --lakehouse the settings are the worker's: ConnectionStrings:minio, ConnectionStrings:lakehouse and Lakehouse:Bucket, as variables
              (ConnectionStrings__minio, …); the worker has Generation:ByParts=true. A part that is there already is not made again.
              From the repository: dotnet run -c Release --project Floe.SeedWorker -- {Name} --orders 1000000 --out data

              Exit codes: 0 done, {UsageError} a wrong command line, {OutputError} a folder or a lakehouse that cannot be written to, {LakehousePart.NotSetUp} a lakehouse that nobody set up, {TooSlow} a burst that was slower than asked for,
              {Interrupted} stopped by SIGINT or SIGTERM; each but the first with one sentence on standard error.

            """;
    }
}
