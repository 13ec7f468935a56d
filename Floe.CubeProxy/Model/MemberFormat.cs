using System.Globalization;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Model;

/// <summary>How a client shows values, checked; the engine itself formats nothing.</summary>
/// <param name="Name">As written: currency, percent_1, <c>$,.2f</c>, <c>%Y-%m</c>.</param>
/// <param name="Kind">Null: clients know the name; otherwise custom-numeric, custom-time or link, and <paramref name="Value"/> says the rest.</param>
/// <param name="Value">A d3-format specifier, a strftime form, or a link's label.</param>
/// <param name="IsNamed">True when <paramref name="Name"/> is a name for <paramref name="Value"/>.</param>
public sealed partial record MemberFormat(string Name, string? Kind, string? Value, bool IsNamed)
{
    private const string NumericTypes = "efgrs%pbodxXcn";
    private const string TimeSpecifiers = "aAbBcdHIjmMnpStUwWxXyYZ%efgGLqQsuV";

    /// <summary>The d3-format specifier for numbers, and its name.</summary>
    public static (string Name, string Specifier) Describe(MemberFormat? format) => format switch
    {
        { Kind: "custom-numeric" } => (format.IsNamed ? format.Name : "custom", format.Value!),
        { Name: "percent" } => ("percent", ".2~%"),
        { Name: "currency" } => ("currency", "$,.2~f"),
        _ => ("number", ",.2~f"),
    };

    internal static MemberFormat? Read(YamlSection section, string apiType, bool isMeasure, string member)
    {
        var place = section.PlaceOfKey("format");
        if (!isMeasure && section.Has("format") && section.PeekText("format") is null)
        {
            var link = section.Section("format", $"the format of '{member}'")!;
            var label = link.RequiredText("label");
            if (link.Text("type") != "link") throw new ModelException(place, $"The format of '{member}' with a label must be of type link.");
            link.Finish();
            return new MemberFormat("link", "link", label, false);
        }
        if (section.Text("format") is not { } name) return null;
        if (Named(name) is { } specifier) return new MemberFormat(name, "custom-numeric", specifier, true);
        if (name is "percent" or "currency" or "number" || (!isMeasure && name is "imageUrl" or "link")) return new MemberFormat(name, null, null, false);
        if (apiType == "time" && !isMeasure && IsTimeForm(name)) return new MemberFormat(name, "custom-time", name, false);
        if ((isMeasure || apiType == "number") && IsNumericForm(name)) return new MemberFormat(name, "custom-numeric", name, false);
        throw new ModelException(place, $"The format '{name}' of '{member}' is not known; use currency, percent, number, a named one such as percent_1, or a d3-format specifier such as $,.2f{(apiType == "time" ? ", or a time form such as %Y-%m" : "")}.");
    }

    private static string? Named(string name)
    {
        switch (name)
        {
            case "id": return ".0f";
            case "decimal": return ",.2~f";
            case "abbr": return ".2~s";
            case "accounting": return "(,.2~f";
        }
        if (NamedForm().Match(name) is not { Success: true } match) return null;
        var digits = match.Groups[2].Value;
        var precision = digits == "0" && match.Groups[1].Value != "abbr" ? ".0" : $".{digits}~";
        return match.Groups[1].Value switch
        {
            "percent" => $"{precision}%",
            "currency" => $"$,{precision}f",
            "abbr" => $"{precision}s",
            "accounting" => $"(,{precision}f",
            _ => $",{precision}f",
        };
    }

    private static bool IsNumericForm(string text)
    {
        if (NumericForm().Match(text) is not { Success: true } match || text.Length == 0) return false;
        if (match.Groups["fill"].Success && !match.Groups["align"].Success) return false;
        return match.Groups["type"].Value is "" || NumericTypes.Contains(match.Groups["type"].Value.ToLower(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static bool IsTimeForm(string text)
    {
        var hasSpecifier = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%') continue;
            if (++i >= text.Length || !TimeSpecifiers.Contains(text[i])) return false;
            hasSpecifier |= text[i] != '%';
        }
        return hasSpecifier;
    }

    [GeneratedRegex(@"^(number|percent|currency|decimal|abbr|accounting)_([0-6])\z")]
    private static partial Regex NamedForm();

    // [[fill]align][sign][symbol][0][width][,][.precision][~][type] of d3-format.
    [GeneratedRegex(@"^(?:(?<fill>.)?(?<align>[<>=^]))?[+\-( ]?[$#]?0?\d*,?(?:\.\d+)?~?(?<type>[a-zA-Z%])?\z")]
    private static partial Regex NumericForm();
}
