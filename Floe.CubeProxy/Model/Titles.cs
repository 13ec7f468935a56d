using System.Text;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Model;

/// <summary>Titles from names, as Cube's clients are used to: <c>total_revenue</c> -> "Total Revenue", <c>created_at</c> -> "Created at".</summary>
internal static partial class Titles
{
    private static readonly HashSet<string> SmallWords =
        ["and", "or", "nor", "a", "an", "the", "so", "but", "to", "of", "at", "by", "from", "into", "on", "onto", "off", "out", "in", "over", "with", "for"];

    public static string Of(string name)
    {
        // A number belongs to the word before it, and ends it.
        var words = AfterNumber().Replace(BeforeNumber().Replace(Underscore(name), ""), "_").Split('_', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select((word, i) => word switch
        {
            "id" => "ID",
            "ids" => "IDs",
            _ when i > 0 && SmallWords.Contains(word) => word,
            _ => char.ToUpperInvariant(word[0]) + word[1..],
        }));
    }

    [GeneratedRegex(@"(?<=[a-z0-9])_+(?=\d)")]
    private static partial Regex BeforeNumber();

    [GeneratedRegex(@"(?<=\d)(?=[a-z])")]
    private static partial Regex AfterNumber();

    /// <summary><c>OrderItems</c> -> <c>order_items</c>.</summary>
    public static string Underscore(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
