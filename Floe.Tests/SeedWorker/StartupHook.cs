using System.Diagnostics;
using Lakehouse = Floe.Lakehouse.FaultPoints;
using Runs = Floe.SeedWorker.Jobs.FaultPoints;

/// <summary>
/// Loaded by the runtime into a worker's process before its own Main (DOTNET_STARTUP_HOOKS), which needs this very name: ends the process by SIGKILL
/// when it reaches a point, or writes down the points that it reaches.
/// </summary>
internal static class StartupHook
{
    /// <summary>NAME@N: the N-th time that the point is reached.</summary>
    public const string KillVariable = "FLOE_TEST_KILL_AT";

    /// <summary>File that gets a line for each point.</summary>
    public const string RecordVariable = "FLOE_TEST_RECORD_TO";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(KillVariable)?.Split('@') is [var point, var times])
        {
            var left = int.Parse(times, System.Globalization.CultureInfo.InvariantCulture);
            Lakehouse.Hook = Runs.Hook = name =>
            {
                if (name == point && Interlocked.Decrement(ref left) == 0)
                    Process.GetCurrentProcess().Kill();
            };
        }
        else if (Environment.GetEnvironmentVariable(RecordVariable) is { } file)
        {
            var turn = new Lock();
            Lakehouse.Hook = Runs.Hook = name =>
            {
                lock (turn)
                    File.AppendAllText(file, name + "\n");
            };
        }
    }
}
