using Floe.Emulators.CommandLine;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.Emulators.Postgres;

/// <summary>What the command line and the environment say about the server to run.</summary>
internal sealed record PostgresOptions
{
    /// <summary>The launcher's folder; PostgreSQL's own data directory is <c>pgdata</c> in it.</summary>
    public required string DataDirectory { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    /// <summary>Never logged, never on a command line, never in SQL text.</summary>
    public required string Password { get; init; }

    /// <summary>Databases that exist when the server is called ready.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>The folder of initdb and postgres; null: npm's on a platform that npm has a package for, the PATH's only on others.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>False only for throw-away data: a crash of the machine may then corrupt it.</summary>
    public bool Fsync { get; init; } = true;

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{User} on port {Port}, data in {DataDirectory}";

    /// <summary>The options of the verb <c>postgres</c>.</summary>
    public static readonly IReadOnlyList<Option> CommandLine =
    [
        new("--data", "DIR", "the launcher's folder, required; PostgreSQL's own data directory is pgdata in it"),
        new("--port", "N", "port on 127.0.0.1, required"),
        new("--bin-dir", "DIR", "folder of the programs initdb and postgres; without it npm's, the PATH's only where npm has no package"),
        new("--no-fsync", null, "for throw-away data only: a crash of the machine may corrupt it"),
    ];

    /// <exception cref="UsageException">The command line breaks a rule.</exception>
    /// <exception cref="PostgresFailure">The environment breaks a rule.</exception>
    public static PostgresOptions From(Arguments arguments, Func<string, string?> environment) => new()
    {
        DataDirectory = Path.GetFullPath(arguments.Text("--data") ?? throw new UsageException("the data directory is missing: give --data DIR")),
        Port = arguments.Port("--port", 0) is > 0 and var port ? port : throw new UsageException("the port is missing: give --port N, from 1 to 65535"),
        User = environment("POSTGRES_USER") is { Length: > 0 } user ? user : "postgres",
        Password = CheckedPassword(environment("POSTGRES_PASSWORD")),
        Databases = [.. (environment("FLOE_POSTGRES_DATABASES") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()],
        BinDirectory = arguments.Text("--bin-dir") ?? DefaultBinDirectory(environment),
        Fsync = !arguments.Has("--no-fsync"),
    };

    /// <summary>The folder of the programs that the environment names, if it names one.</summary>
    public static string? DefaultBinDirectory(Func<string, string?> environment) => environment("FLOE_POSTGRES_BINDIR") is { Length: > 0 } folder ? folder : null;

    /// <summary>The launcher stores a verifier that it computes itself, and other alphabets have several byte forms.</summary>
    private static string CheckedPassword(string? password) => password switch
    {
        null or "" => throw new PostgresFailure("The password is missing: set POSTGRES_PASSWORD."),
        _ when password.Any(character => character is < ' ' or > '~') => throw new PostgresFailure("POSTGRES_PASSWORD has a character outside of printable ASCII; choose one of letters, digits and signs."),
        _ => password,
    };
}
