using System.Globalization;

namespace Floe.AppHost.Startup;

/// <summary>The <c>dotnet run</c> that started this process and waits for it, as Linux's /proc knows it.</summary>
internal sealed record DotnetRun(int ProcessId)
{
    /// <summary>This process has another parent now, which only the end of its first one can bring about.</summary>
    public bool HasEnded => ParentId() != ProcessId;

    /// <summary>This process' parent; null when that is something else, such as a shell or an IDE, or where there is no /proc.</summary>
    public static DotnetRun? Find()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var parent = ParentId();
            return IsDotnetRun(File.ReadAllText($"/proc/{parent}/cmdline")) ? new(parent) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a parent that ended, or that this process may not see
        }
    }

    /// <summary>Whether a command line, as /proc gives it, is <c>dotnet run</c>.</summary>
    internal static bool IsDotnetRun(string commandLine) =>
        commandLine.Split('\0') is [var program, .. var arguments] && Path.GetFileName(program) == "dotnet"
        && arguments.FirstOrDefault(argument => !argument.StartsWith('-')) == "run";

    /// <summary>The fourth field; the second, a name in brackets, may hold anything.</summary>
    private static int ParentId()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
