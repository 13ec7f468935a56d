namespace Floe.CubeProxy.Model;

/// <summary>A table that the data side has to provide.</summary>
/// <param name="Schema">Empty: the default schema.</param>
public readonly record struct TableName(string Schema, string Name)
{
    /// <summary>Reads <c>name</c>, <c>schema.name</c> or <c>catalog.schema.name</c> (the catalog is where a real Cube attached it; the engine has one).</summary>
    public static bool TryParse(string text, out TableName table)
    {
        var parts = text.Split('.').Select(part => part.Trim().Trim('"')).ToArray();
        table = parts.Length > 1 ? new TableName(parts[^2], parts[^1]) : new TableName("", parts[0]);
        return parts.Length <= 3 && parts.All(part => part.Length > 0 && !part.Contains('"'));
    }

    public string Quoted => Schema.Length == 0 ? Quote(Name) : $"{Quote(Schema)}.{Quote(Name)}";

    public override string ToString() => Schema.Length == 0 ? Name : $"{Schema}.{Name}";

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"")}\"";
}
