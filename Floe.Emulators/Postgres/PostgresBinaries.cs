using System.Text.RegularExpressions;

namespace Floe.Emulators.Postgres;

/// <summary>initdb and postgres of one installation.</summary>
internal sealed partial record PostgresBinaries(string Directory, string Version)
{
    public string Initdb => Path.Combine(Directory, "initdb");

    public string Server => Path.Combine(Directory, "postgres");

    /// <summary>"18" of "18.4": data directories of one major version fit each other.</summary>
    public string Major => Version.Split('.')[0];

    /// <summary>The explicit folder, else the machine's by the rule of <see cref="ProgramFolders"/>.</summary>
    /// <exception cref="PostgresFailure">There is none, it is incomplete, or it does not run.</exception>
    public static async Task<PostgresBinaries> LocateAsync(string? explicitDirectory, ProgramFolders folders, CancellationToken cancellationToken)
    {
        var directory = folders.Find(explicitDirectory);
        var server = Path.Combine(directory, "postgres");
        try
        {
            var answer = await ToolRun.RunAsync(server, ["--version"], cancellationToken);
            var version = VersionPattern().Match(answer.Output);
            return answer.ExitCode == 0 && version.Success ? new PostgresBinaries(directory, version.Value) : throw new PostgresFailure(answer.LastLine);
        }
        catch (PostgresFailure failure)
        {
            throw new PostgresFailure($"{server} does not run on this machine ({failure.Message.TrimEnd('.')}); name a folder with an initdb and a postgres that do by Floe:PostgresBinDirectory (--bin-dir).", failure);
        }
    }

    [GeneratedRegex(@"\d+(\.\d+)+|\d+(?=\D*$)")]
    private static partial Regex VersionPattern();
}
