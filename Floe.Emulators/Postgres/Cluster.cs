namespace Floe.Emulators.Postgres;

/// <summary>PostgreSQL's data directory on disk, while no server runs on it.</summary>
internal sealed class Cluster(string directory, PostgresBinaries binaries, ServerAccount account)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan beforeStopping = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    public string Directory { get; } = directory;

    public bool Exists => System.IO.Directory.Exists(Directory);

    /// <exception cref="PostgresFailure">It is not a data directory, or one of another major version.</exception>
    public void CheckVersion()
    {
        var file = Path.Combine(Directory, "PG_VERSION");
        if (!File.Exists(file))
            throw new PostgresFailure($"{Directory} is no PostgreSQL data directory (it has no PG_VERSION): restore it from a backup, or remove it to start with an empty one.");
        var version = File.ReadAllText(file).Trim();
        if (version != binaries.Major)
            throw new PostgresFailure($"The data in {Directory} is of PostgreSQL {version} but the binaries in {binaries.Directory} are of {binaries.Version}: use binaries of {version} (--bin-dir), or move the data by pg_dump, or remove it to start with an empty one.");
    }

    /// <summary>
    /// Waits for processes that a killed launcher left on this directory, and stops a server that nobody watches any
    /// more; then removes its stale pid file. The caller holds the directory's lock.
    /// </summary>
    public async Task ClearLeftoversAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var asked = false;
        while (LeftoverProcesses.Of(Directory) is { Count: > 0 } processes)
        {
            if (time.GetElapsedTime(start) > patience)
                throw new PostgresFailure($"A previous PostgreSQL still runs on {Directory} (process {string.Join(", ", processes)}) after {patience.TotalSeconds:0} s; end it and start again.");
            if (!asked && time.GetElapsedTime(start) > beforeStopping && PostmasterProcess() is { } postmaster && processes.Contains(postmaster))
            {
                asked = true;
                await ToolRun.RunAsync("kill", ["-INT", postmaster.ToString(System.Globalization.CultureInfo.InvariantCulture)], cancellationToken);
            }
            await Task.Delay(pause, time, cancellationToken);
        }
        if (LeftoverProcesses.AreKnown)
            File.Delete(Path.Combine(Directory, "postmaster.pid"));
    }

    /// <summary>
    /// Makes the superuser with this password by the server's single-user mode, which asks nobody for a password: only
    /// the owner of the files can do it.
    /// </summary>
    public async Task SetPasswordAsync(string user, string password, CancellationToken cancellationToken)
    {
        var name = user.Replace("\"", "\"\"", StringComparison.Ordinal);
        var literal = user.Replace("'", "''", StringComparison.Ordinal);
        var verifier = ScramVerifier.Create(password);
        var sql = $"DO $floe$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') THEN CREATE ROLE \"{name}\"; END IF; ALTER ROLE \"{name}\" SUPERUSER LOGIN PASSWORD '{verifier}'; END$floe$;\n";
        var run = await account.RunAsync(binaries.Server,
            ["--single", "-D", Directory, "-c", "log_statement=none", "-c", "log_min_error_statement=panic", "postgres"], cancellationToken, sql);
        var error = run.Output.Split('\n').FirstOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal) || line.Contains("ERROR:", StringComparison.Ordinal));
        if (run.ExitCode != 0 || error is not null)
            throw ServerLog.NotStarted(Directory, error ?? run.LastLine);
    }

    private int? PostmasterProcess()
    {
        var file = Path.Combine(Directory, "postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var process) ? process : null;
    }
}
