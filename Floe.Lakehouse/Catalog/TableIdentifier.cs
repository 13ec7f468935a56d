namespace Floe.Lakehouse.Catalog;

/// <summary>A table's name in a catalog.</summary>
/// <param name="Namespace">Namespace; the levels of a nested one joined by dots.</param>
/// <param name="Name">Name.</param>
public readonly record struct TableIdentifier(string Namespace, string Name)
{
    /// <summary>Reads <c>namespace.name</c>; the last dot separates.</summary>
    /// <exception cref="FormatException">No dot, or an empty part.</exception>
    public static TableIdentifier Parse(string text)
    {
        var dot = text.LastIndexOf('.');
        return dot > 0 && dot < text.Length - 1
            ? new(text[..dot], text[(dot + 1)..])
            : throw new FormatException($"'{text}' is not a table identifier: write namespace.name, for example bronze.orders.");
    }

    /// <summary><c>namespace.name</c>.</summary>
    public override string ToString() => $"{Namespace}.{Name}";
}
