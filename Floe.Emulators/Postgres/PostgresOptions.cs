using System.Globalization;

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

    /// <exception cref="PostgresFailure">Something is missing or wrong; the sentence says what and how to set it.</exception>
    public static PostgresOptions Parse(string[] args, Func<string, string?> environment)
    {
        string? data = null, port = null, binDirectory = null;
        var fsync = true;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--data": data = Value(args, ref i); break;
                case "--port": port = Value(args, ref i); break;
                case "--bin-dir": binDirectory = Value(args, ref i); break;
                case "--no-fsync": fsync = false; break;
                default: throw new PostgresFailure($"'{args[i]}' is no option of the verb postgres; it takes --data DIR, --port N, --bin-dir DIR and --no-fsync.");
            }
        }
        if (string.IsNullOrWhiteSpace(data))
            throw new PostgresFailure("The data directory is missing: give --data DIR.");
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            throw new PostgresFailure($"The port '{port}' is not a number from 1 to 65535: give --port N.");
        return new PostgresOptions
        {
            DataDirectory = Path.GetFullPath(data),
            Port = number,
            User = environment("POSTGRES_USER") is { Length: > 0 } user ? user : "postgres",
            Password = CheckedPassword(environment("POSTGRES_PASSWORD")),
            Databases = [.. (environment("FLOE_POSTGRES_DATABASES") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()],
            BinDirectory = binDirectory ?? (environment("FLOE_POSTGRES_BINDIR") is { Length: > 0 } folder ? folder : null),
            Fsync = fsync,
        };
    }

    private static string Value(string[] args, ref int i) =>
        i + 1 < args.Length ? args[++i] : throw new PostgresFailure($"The option {args[i]} has no value.");

    /// <summary>The launcher stores a verifier that it computes itself, and other alphabets have several byte forms.</summary>
    private static string CheckedPassword(string? password) => password switch
    {
        null or "" => throw new PostgresFailure("The password is missing: set POSTGRES_PASSWORD."),
        _ when password.Any(character => character is < ' ' or > '~') => throw new PostgresFailure("POSTGRES_PASSWORD has a character outside of printable ASCII; choose one of letters, digits and signs."),
        _ => password,
    };
}
