using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Floe.AppHost.Settings;

/// <summary>A section under <c>Floe:</c> whose keys are all known: any other key is an error, as is a value that breaks its rule.</summary>
internal sealed class SettingsSection
{
    private readonly IConfigurationSection _section;

    /// <exception cref="DistributedApplicationException">The section has a key that nothing reads.</exception>
    public SettingsSection(IConfiguration configuration, string name, params string[] keys)
    {
        _section = configuration.GetSection($"Floe:{name}");
        if (_section.GetChildren().FirstOrDefault(child => !keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new DistributedApplicationException($"{unknown.Path} is not a setting of Floe; known are {string.Join(", ", keys.Select(key => $"Floe:{name}:{key}"))}.");
    }

    /// <summary>The text; null when absent or empty.</summary>
    public string? Text(string key) => _section[key] is { Length: > 0 } text ? text : null;

    /// <summary>A file that is there; relative to <paramref name="root"/>.</summary>
    public string? File(string key, string root)
    {
        if (Text(key) is not { } text)
            return null;
        var path = Path.GetFullPath(text, root);
        return System.IO.File.Exists(path) ? path : throw new DistributedApplicationException($"{_section.Path}:{key} is '{text}', but there is no file '{path}'; name one that exists.");
    }

    /// <summary>A folder; relative to <paramref name="root"/>.</summary>
    public string Directory(string key, string root, string fallback) => Path.GetFullPath(Text(key) ?? fallback, root);

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool fallback) => Text(key) switch
    {
        null => fallback,
        { } text when bool.TryParse(text, out var flag) => flag,
        { } text => throw Broken(key, text, "true or false"),
    };

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int fallback, int least, int most) => Text(key) switch
    {
        null => fallback,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        { } text => throw Broken(key, text, $"a whole number from {least} to {most}"),
    };

    /// <summary>One of several words; null when absent.</summary>
    public string? OneOf(string key, params string[] words) => Text(key) is not { } text ? null
        : words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? throw Broken(key, text, string.Join(" or ", words));

    /// <summary>Words separated by commas; null when absent.</summary>
    public IReadOnlyList<string>? List(string key) => Text(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private DistributedApplicationException Broken(string key, string value, string rule) => new($"{_section.Path}:{key} is '{value}'; it must be {rule}.");
}
