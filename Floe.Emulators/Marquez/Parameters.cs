using System.Globalization;

namespace Floe.Emulators.Marquez;

/// <summary>The query string, typed; a value that breaks a rule is the client's error and named.</summary>
internal sealed class Parameters(IQueryCollection query)
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 10_000;

    public int Limit(int byDefault = DefaultLimit) => Number("limit", byDefault, 0, LargestLimit);

    public int Offset => Number("offset", 0, 0, int.MaxValue);

    public string? Text(string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    public string Required(string name) => Text(name) ?? throw MarquezException.BadRequest($"The parameter {name} is missing");

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw MarquezException.BadRequest($"The parameter {name}={other} must be true or false"),
    };

    public int Number(string name, int byDefault, int least, int most) => Text(name) is not { } text ? byDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw MarquezException.BadRequest($"The parameter {name}={text} must be a number from {least} to {most}");

    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw MarquezException.BadRequest($"The parameter {name}={text} must be an ISO 8601 time");
}
