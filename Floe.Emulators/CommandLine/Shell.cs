using Floe.ServiceDefaults.CommandLine;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Hosting;

namespace Floe.Emulators.CommandLine;

/// <summary>From the words of the command line to a running verb and its exit code.</summary>
internal static class Shell
{
    /// <summary>The exit code of a wrong command line (sysexits.h, EX_USAGE).</summary>
    public const int UsageError = 64;

    public static async Task<int> RunAsync(IReadOnlyList<Verb> verbs, string[] args, CancellationToken cancellationToken)
    {
        if (args is ["--help" or "-h" or "help"])
            return Print(Help(verbs));
        if (args is ["help", var asked] && Find(asked) is { } explained)
            return Print(explained.Help());
        if (args is not [var name, .. var rest])
            return Refuse("No service was named");
        if (Find(name) is not { } verb)
            return Refuse($"'{name}' is no service");
        if (rest.Any(argument => argument is "--help" or "-h"))
            return Print(verb.Help());
        try
        {
            return await verb.RunAsync(Arguments.Parse(rest, verb.Options), cancellationToken);
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"{verb.Name}: {e.Message} (see Floe.Emulators {verb.Name} --help).");
            return UsageError;
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ServiceRunner.ConfigurationError;
        }

        Verb? Find(string word) => verbs.FirstOrDefault(known => known.Name == word);

        int Refuse(string sentence)
        {
            Console.Error.WriteLine($"{sentence}; the services are {string.Join(", ", verbs.Select(known => known.Name))} (see Floe.Emulators --help).");
            return UsageError;
        }
    }

    private static string Help(IReadOnlyList<Verb> verbs) =>
        $"""
        Floe.Emulators SERVICE [OPTION]...

          One service per process, for machines without a container runtime. All of them listen on 127.0.0.1 only.

        {string.Join(Environment.NewLine, verbs.Select(verb => $"  {verb.Name,-10}{verb.Summary}"))}

          SERVICE --help tells its options, the environment variables that it reads, and how to connect.
          From the repository: dotnet run --project Floe.Emulators -- SERVICE ...

          Ctrl-C (SIGINT) and SIGTERM end a service with exit code 0. Other codes: {UsageError} a wrong command line, {ServiceRunner.ConfigurationError} a setting
          that breaks a rule, 74 a data directory that cannot be used, 1 anything else; each with one sentence on standard error.

        """;

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return 0;
    }
}
