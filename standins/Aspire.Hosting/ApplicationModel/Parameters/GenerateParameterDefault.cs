using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Generates a random text from the allowed kinds of characters.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Characters that are easily mistaken for each other are left out (as in real Aspire: I, l, O, 0, 1 …).
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    public int MinLength { get; set; }

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (bool On, int Min, string Characters)[] kinds =
            [(Lower, MinLower, LowerCharacters), (Upper, MinUpper, UpperCharacters), (Numeric, MinNumeric, NumericCharacters), (Special, MinSpecial, SpecialCharacters)];
        var all = string.Concat(kinds.Where(k => k.On).Select(k => k.Characters));
        if (all.Length == 0) throw new InvalidOperationException("A generated value needs at least one kind of characters: Lower, Upper, Numeric or Special.");
        if (kinds.Any(k => !k.On && k.Min > 0)) throw new InvalidOperationException("A generated value asks for a minimum of a kind of characters that it excludes.");
        List<char> text = [.. kinds.SelectMany(k => RandomNumberGenerator.GetItems(k.Characters.AsSpan(), k.Min).AsEnumerable())];
        // 22 characters of 57 carry 128 bits.
        text.AddRange(RandomNumberGenerator.GetItems(all.AsSpan(), Math.Max(0, Math.Max(MinLength, 1) - text.Count)));
        var result = text.ToArray();
        RandomNumberGenerator.Shuffle(result.AsSpan());
        return new string(result);
    }

    public override void WriteToManifest(Publishing.ManifestPublishingContext context)
    {
        var writer = context.Writer;
        writer.WriteStartObject("generate");
        writer.WriteNumber("minLength", MinLength);
        writer.WriteEndObject();
    }
}

/// <summary>A fixed text.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();

    public override void WriteToManifest(Publishing.ManifestPublishingContext context) => context.Writer.WriteString("value", value());
}
