using System.Buffers;
using System.Text.RegularExpressions;
using Floe.ServiceDefaults.Lineage;
using Microsoft.Extensions.Configuration;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>
/// Takes out of texts what may not leave the service: its secrets, tokens, e-mail addresses, and values of rows in DuckDB's messages. The last line of defence:
/// what is recorded should have none, but texts of errors are others' words.
/// </summary>
internal sealed partial class Redaction
{
    private const string Mask = "***";

    // What a text must have to be worth a closer look; most have nothing of it.
    private static readonly string[] s_signs = ["@", "eyJ", "Error:", "secret", "password", "pwd", "token", "signature", "authorization", "accesskey", "access_key", "access-key"];

    private readonly SecretMask _secrets;
    private readonly SearchValues<string> _suspects;

    public Redaction(IConfiguration configuration)
    {
        _secrets = new(configuration);
        _suspects = SearchValues.Create([.. s_signs, .. _secrets.Values], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The text, or the same with <c>***</c> in the place of what may not be told.</summary>
    public string Apply(string text)
    {
        if (!text.AsSpan().ContainsAny(_suspects))
            return text;
        text = Email().Replace(Jwt().Replace(text, Mask), Mask);
        text = DuckDbValueError().Replace(text, static error => Quoted().Replace(error.Value, Mask));
        return _secrets.Apply(text);
    }

    [GeneratedRegex(@"\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?")]
    private static partial Regex Jwt();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+(\.[\w-]+)+")]
    private static partial Regex Email();

    // Binder and catalog errors quote names; these quote what is in the rows.
    [GeneratedRegex(@"(Conversion|Constraint|Invalid Input|Out of Range|Invalid Type) Error: .*", RegexOptions.Singleline)]
    private static partial Regex DuckDbValueError();

    [GeneratedRegex(@"'[^']*'|""[^""]*""")]
    private static partial Regex Quoted();
}
