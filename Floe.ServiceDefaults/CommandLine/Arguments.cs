using System.Globalization;

namespace Floe.ServiceDefaults.CommandLine;

/// <summary>The options given to a verb: <c>--name value</c> or <c>--name=value</c>, each at most once.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    private Arguments()
    {
    }

    /// <exception cref="UsageException">An argument is unknown, repeated, or lacks its value.</exception>
    public static Arguments Parse(IReadOnlyList<string> args, IReadOnlyList<Option> options)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? args[i] : args[i][..equals];
            var option = options.FirstOrDefault(known => known.Name == name)
                ?? throw new UsageException($"'{name}' is no option; there are {string.Join(", ", options)}");
            string value;
            if (option.Value is null)
                value = equals < 0 ? "" : throw new UsageException($"{name} takes no value; leave '{args[i][equals..]}' away");
            else if (equals >= 0)
                value = args[i][(equals + 1)..];
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = args[++i];
            else
                throw new UsageException($"{name} needs a value: give {option}");
            if (option.Value is not null && string.IsNullOrWhiteSpace(value))
                throw new UsageException($"{name} has an empty value: give {option}");
            if (!arguments._given.TryAdd(name, value))
                throw new UsageException($"{name} is given twice; give it once");
        }
        return arguments;
    }

    public bool Has(string name) => _given.ContainsKey(name);

    /// <summary>An option's value, or null when it was not given.</summary>
    public string? Text(string name) => _given.GetValueOrDefault(name);

    /// <summary>A TCP port; 0 takes a free one.</summary>
    /// <exception cref="UsageException">Not a number from 0 to 65535.</exception>
    public int Port(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue ? port
        : throw new UsageException($"{name} {text} is not a TCP port (0 to 65535): give a free one, or 0 for any");
}
