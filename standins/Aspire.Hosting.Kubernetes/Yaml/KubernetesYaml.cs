using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting.Kubernetes.Resources;

namespace Aspire.Hosting.Kubernetes.Yaml;

/// <summary>
/// Writes Kubernetes objects, values and chart files: two spaces, indented sequences, every string in double quotes, numbers and booleans plain,
/// null and empty collections of objects left out. A template that yields YAML of its own (a number, a quoted text) stands without quotes, which
/// no YAML library allows.
/// </summary>
internal static partial class KubernetesYaml
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="value">An object or a dictionary.</param>
    /// <param name="documentStart">Whether the text begins with <c>---</c>.</param>
    public static string Write(object value, bool documentStart)
    {
        var text = new StringBuilder(documentStart ? "---\n" : "");
        WriteEntries(text, Entries(value), indent: 0, firstIndented: true);
        return text.ToString();
    }

    private static void WriteEntries(StringBuilder text, IEnumerable<KeyValuePair<string, object>> entries, int indent, bool firstIndented)
    {
        var indented = firstIndented;
        foreach (var (key, value) in entries)
        {
            text.Append(' ', indented ? indent : 0).Append(PlainKey().IsMatch(key) ? key : Quoted(key)).Append(':');
            WriteValue(text, value, indent);
            indented = true;
        }
    }

    /// <summary>Writes what follows the colon of a key, up to and with the line's end.</summary>
    private static void WriteValue(StringBuilder text, object value, int indent)
    {
        if (Scalar(value) is { } scalar)
        {
            text.Append(' ').Append(scalar).Append('\n');
        }
        else if (value is IEnumerable and not IDictionary)
        {
            List<object?> items = [.. ((IEnumerable)value).Cast<object?>()];
            text.Append(items.Count == 0 ? " []\n" : "\n");
            items.ForEach(item => WriteItem(text, item ?? throw new InvalidOperationException("A list of a Kubernetes object holds null."), indent + 2));
        }
        else
        {
            List<KeyValuePair<string, object>> entries = [.. Entries(value)];
            text.Append(entries.Count == 0 ? " {}\n" : "\n");
            WriteEntries(text, entries, indent + 2, firstIndented: true);
        }
    }

    private static void WriteItem(StringBuilder text, object item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        if (Scalar(item) is { } scalar)
        {
            text.Append(scalar).Append('\n');
            return;
        }

        List<KeyValuePair<string, object>> entries = [.. Entries(item)];
        if (entries.Count == 0)
        {
            text.Append("{}\n");
        }

        WriteEntries(text, entries, indent + 2, firstIndented: false);
    }

    private static string? Scalar(object value) => value switch
    {
        string text => RawTemplate().IsMatch(text) ? text : Quoted(text),
        Int32OrStringV1 { Number: { } number } => number.ToString(CultureInfo.InvariantCulture),
        Int32OrStringV1 name => Scalar(name.Text!),
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        Enum name => Quoted(name.ToString()),
        _ => null,
    };

    private static IEnumerable<KeyValuePair<string, object>> Entries(object value) => value switch
    {
        IDictionary entries => entries.Keys.Cast<object>().Where(key => entries[key] is not null).Select(key => KeyValuePair.Create(Convert.ToString(key, CultureInfo.InvariantCulture)!, entries[key]!)),
        _ => YamlProperty.Of(value.GetType()).Select(p => (p.Name, Value: p.Get(value))).Where(p => IsWritten(p.Value)).Select(p => KeyValuePair.Create(p.Name, p.Value!)),
    };

    private static bool IsWritten(object? value) => value switch
    {
        null => false,
        string => true,
        IEnumerable items => items.Cast<object?>().Any(),
        _ => true,
    };

    // A JSON string is a YAML double-quoted one.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, Quoting);

    [GeneratedRegex(@"^\{\{ [^{}]* \| (int|toJson) \}\}$")]
    private static partial Regex RawTemplate();

    [GeneratedRegex(@"^(?!(true|false|yes|no|on|off|null|y|n)$)[A-Za-z_][A-Za-z0-9_./-]*$", RegexOptions.IgnoreCase)]
    private static partial Regex PlainKey();
}
