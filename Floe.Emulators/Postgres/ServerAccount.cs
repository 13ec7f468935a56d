namespace Floe.Emulators.Postgres;

/// <summary>
/// The account under which initdb and postgres run: both refuse root. Root uses a user namespace (files stay root's);
/// where that is forbidden, setpriv to an unprivileged account that must be able to reach binaries and data.
/// </summary>
internal sealed record ServerAccount(IReadOnlyList<string> Prefix, (uint User, uint Group)? Owner)
{
    private static readonly string[] userNamespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];

    public static async Task<ServerAccount> ChooseAsync(PostgresBinaries binaries, string dataDirectory, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerAccount([], null);
        if (await WorksAsync(userNamespace, ["true"], cancellationToken))
            return new ServerAccount(userNamespace, null);

        var owner = Unprivileged();
        string[] setpriv = ["setpriv", $"--reuid={owner.User}", $"--regid={owner.Group}", "--clear-groups", "--"];
        await ToolRun.RunAsync("chown", ["-R", $"{owner.User}:{owner.Group}", dataDirectory], cancellationToken);
        if (await WorksAsync(setpriv, ["test", "-x", binaries.Server], cancellationToken) && await WorksAsync(setpriv, ["test", "-w", dataDirectory], cancellationToken))
            return new ServerAccount(setpriv, owner);
        throw new PostgresFailure($"PostgreSQL refuses to run as root, and neither a user namespace (unshare --user) nor the account {owner.User} with access to {binaries.Directory} and {dataDirectory} is available: run Floe as an ordinary user, allow user namespaces, or open both folders to that account.");
    }

    /// <summary>The file to start and its arguments.</summary>
    public (string File, IReadOnlyList<string> Arguments) Command(string file, IEnumerable<string> arguments) =>
        Prefix.Count > 0 ? (Prefix[0], [.. Prefix.Skip(1), file, .. arguments]) : (file, [.. arguments]);

    public async Task<ToolRun> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var (tool, all) = Command(file, arguments);
        return await ToolRun.RunAsync(tool, all, cancellationToken, input);
    }

    /// <summary>Hands a folder that the launcher made to the account.</summary>
    public async Task TakeOverAsync(string directory, CancellationToken cancellationToken)
    {
        if (Owner is { } owner && await ToolRun.RunAsync("chown", ["-R", $"{owner.User}:{owner.Group}", directory], cancellationToken) is { ExitCode: not 0 } failed)
            throw new PostgresFailure($"The folder {directory} could not be given to the account {owner.User}: {failed.LastLine}");
    }

    private static async Task<bool> WorksAsync(string[] prefix, string[] command, CancellationToken cancellationToken)
    {
        try
        {
            return (await ToolRun.RunAsync(prefix[0], [.. prefix[1..], .. command], cancellationToken)).ExitCode == 0;
        }
        catch (PostgresFailure)
        {
            return false; // the tool is not installed
        }
    }

    private static (uint User, uint Group) Unprivileged()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToDictionary(fields => fields[0]);
        var fields = accounts.GetValueOrDefault("postgres") ?? accounts.GetValueOrDefault("nobody")
            ?? throw new PostgresFailure("PostgreSQL refuses to run as root and there is no account postgres or nobody: run Floe as an ordinary user.");
        return (uint.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture), uint.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture));
    }
}
