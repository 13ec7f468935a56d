using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Floe.Emulators.DataDirectories;

namespace Floe.Emulators.Postgres;

/// <summary>
/// One PostgreSQL server from its data directory to the first answered login, and back: what it needs is made, what a
/// crash left is cleared, and whatever goes wrong ends in one sentence with nothing left running.
/// </summary>
internal sealed class PostgresServer(PostgresOptions options, ServerLog log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan lockPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan startPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(25);

    private readonly ServerSession session = new(options);
    private DirectoryLock? directoryLock;
    private ServerProcess? process;
    private ServerMetrics? metrics;

    /// <summary>Returns when the databases exist and a login was answered.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new PostgresFailure("The embedded PostgreSQL runs on Linux and macOS; on Windows start a container runtime and set Floe:Services=containers.");
        MakeDirectory();
        var binaries = await PostgresBinaries.LocateAsync(options.BinDirectory, ProgramFolders.OfThisMachine, cancellationToken);
        directoryLock = await LockAsync(cancellationToken);
        var account = await ServerAccount.ChooseAsync(binaries, options.DataDirectory, cancellationToken);
        var cluster = new Cluster(Path.Combine(options.DataDirectory, "pgdata"), binaries, account);
        if (cluster.Exists)
        {
            cluster.CheckVersion();
            await cluster.ClearLeftoversAsync(time, cancellationToken);
            CheckPort();
        }
        else
        {
            CheckPort();
            await CreateAsync(cluster, binaries, account, cancellationToken);
        }
        Launch(cluster, binaries, account);
        if (await LoginAsync(cluster, cancellationToken) == LoginResult.Refused)
        {
            await process!.DisposeAsync();
            await cluster.SetPasswordAsync(options.User, options.Password, cancellationToken);
            Launch(cluster, binaries, account);
            if (await LoginAsync(cluster, cancellationToken) != LoginResult.Works)
                throw new PostgresFailure($"The server on 127.0.0.1:{options.Port} refuses the login of {options.User} although its password was just set; another server may hold the port.");
        }
        await session.CompleteAsync(cluster.Directory, cancellationToken);
        metrics = ServerMetrics.Start(session, log, time);
        log.Say($"PostgreSQL {binaries.Version} is ready on 127.0.0.1:{options.Port}");
    }

    /// <summary>Runs until the token is cancelled.</summary>
    /// <exception cref="PostgresFailure">The server ended by itself.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await process!.WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        throw new PostgresFailure($"PostgreSQL ended unexpectedly ({Ending(process.ExitCode)}); its log is above. Start it again: it recovers what was committed.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (metrics is not null)
                await metrics.DisposeAsync(); // before the server: its end is no failed reading
        }
        finally
        {
            if (process is not null)
                await process.DisposeAsync();
            directoryLock?.Dispose();
        }
    }

    private void MakeDirectory()
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PostgresFailure($"The data directory {options.DataDirectory} cannot be made ({exception.Message}); choose a folder that this user may write.", exception);
        }
        if (File.Exists(Path.Combine(options.DataDirectory, "PG_VERSION")))
            throw new PostgresFailure($"{options.DataDirectory} is itself a PostgreSQL data directory; the launcher wants a folder of its own, in which it keeps the data as pgdata: choose another --data.");
    }

    private async Task<DirectoryLock> LockAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(options.DataDirectory, "launcher.lock");
        try
        {
            return await DirectoryLock.TryTakeAsync(file, lockPatience, time, cancellationToken)
                ?? throw new PostgresFailure($"The data directory {options.DataDirectory} is in use by another launcher ({file} is still locked after {lockPatience.TotalSeconds:0} s); stop that one or give each its own --data.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PostgresFailure($"The data directory {options.DataDirectory} cannot be written ({exception.Message.TrimEnd('.')}); give this user write permission there or choose another --data.", exception);
        }
    }

    private void CheckPort()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, options.Port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new PostgresFailure($"The port {options.Port} on 127.0.0.1 cannot be used ({exception.Message}); stop what listens there or choose another --port.", exception);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private async Task CreateAsync(Cluster cluster, PostgresBinaries binaries, ServerAccount account, CancellationToken cancellationToken)
    {
        try
        {
            await new ClusterTemplate(binaries, account, options.User).CopyToAsync(cluster.Directory, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PostgresFailure($"The data directory {cluster.Directory} could not be filled ({exception.Message}); check free space and write permission.", exception);
        }
        await cluster.SetPasswordAsync(options.User, options.Password, cancellationToken);
    }

    private void Launch(Cluster cluster, PostgresBinaries binaries, ServerAccount account)
    {
        var (file, arguments) = account.Command(binaries.Server, ["-D", cluster.Directory, .. Settings().SelectMany(setting => new[] { "-c", setting })]);
        log.StartAnew();
        process = ServerProcess.Start(file, arguments, log, time);
    }

    private IEnumerable<string> Settings() =>
    [
        "listen_addresses=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"port={options.Port}"),
        "unix_socket_directories=", // a socket's path may be too long, and nobody needs one
        "password_encryption=scram-sha-256",
        "shared_buffers=64MB",
        "max_connections=100",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_destination=stderr",
        "logging_collector=off",
        "log_statement=none",
        $"fsync={(options.Fsync ? "on" : "off")}",
    ];

    private async Task<LoginResult> LoginAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (process!.HasExited)
            {
                await process.WaitAsync(cancellationToken); // its last lines
                throw ServerLog.NotStarted(cluster.Directory, log.Reason);
            }
            if (await session.LoginAsync(cancellationToken) is not LoginResult.NotYet and var result)
                return result;
            if (time.GetElapsedTime(start) > startPatience)
                throw new PostgresFailure($"PostgreSQL on {cluster.Directory} answered no login within {startPatience.TotalSeconds:0} s; its log is above.");
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static string Ending(int exitCode) => exitCode > 128 ? $"signal {exitCode - 128}" : $"exit code {exitCode}";
}
