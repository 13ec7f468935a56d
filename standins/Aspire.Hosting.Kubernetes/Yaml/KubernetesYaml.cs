using System.Collections;
using System.Globalization;
using Aspire.Hosting.Kubernetes.Resources;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Aspire.Hosting.Kubernetes.Yaml;

/// <summary>
/// Writes Kubernetes objects, values and chart files: two spaces, indented sequences, every string in double quotes, numbers and booleans plain,
/// null and empty collections left out. A template that yields a number stands without quotes.
/// </summary>
internal static class KubernetesYaml
{
    private static readonly EmitterSettings Settings = new(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, indentSequences: true, newLine: "\n");

    /// <param name="value">An object, a dictionary or a list.</param>
    /// <param name="documentStart">Whether the text begins with <c>---</c>.</param>
    public static string Write(object value, bool documentStart)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: !documentStart));
        WriteValue(emitter, value);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    /// <summary>Whether a template makes a number, so that it must not be quoted.</summary>
    public static bool IsNumberTemplate(string text) => text.StartsWith("{{", StringComparison.Ordinal) && text.EndsWith("| int }}", StringComparison.Ordinal);

    private static void WriteValue(IEmitter emitter, object value)
    {
        switch (value)
        {
            case string text:
                WriteText(emitter, text);
                break;
            case Int32OrStringV1 { Number: { } number }:
                WritePlain(emitter, number.ToString(CultureInfo.InvariantCulture));
                break;
            case Int32OrStringV1 name:
                WriteText(emitter, name.Text!);
                break;
            case bool flag:
                WritePlain(emitter, flag ? "true" : "false");
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                WritePlain(emitter, ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case IDictionary entries:
                WriteMapping(emitter, entries.Cast<DictionaryEntry>().Select(e => (Convert.ToString(e.Key, CultureInfo.InvariantCulture)!, e.Value)));
                break;
            case IEnumerable items:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in items)
                {
                    WriteValue(emitter, item ?? throw new InvalidOperationException("A list of a Kubernetes object holds null."));
                }

                emitter.Emit(new SequenceEnd());
                break;
            default:
                WriteMapping(emitter, YamlProperty.Of(value.GetType()).Select(p => (p.Name, p.Get(value))).Where(p => IsWritten(p.Item2)));
                break;
        }
    }

    private static void WriteMapping(IEmitter emitter, IEnumerable<(string Key, object? Value)> entries)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        foreach (var (key, value) in entries)
        {
            if (value is null)
            {
                continue;
            }

            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, key, ScalarStyle.Any, isPlainImplicit: true, isQuotedImplicit: true));
            WriteValue(emitter, value);
        }

        emitter.Emit(new MappingEnd());
    }

    private static void WriteText(IEmitter emitter, string text)
    {
        if (IsNumberTemplate(text))
        {
            WritePlain(emitter, text);
            return;
        }

        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true));
    }

    private static void WritePlain(IEmitter emitter, string text) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));

    private static bool IsWritten(object? value) => value switch
    {
        null => false,
        string => true,
        IEnumerable items => items.Cast<object?>().Any(),
        _ => true,
    };
}
