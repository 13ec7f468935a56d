namespace Floe.Emulators.Marquez.Events;

/// <summary>What a node of the graph is.</summary>
internal enum NodeKind
{
    Dataset,
    Job,
    DatasetField,
}

/// <summary>
/// A node of the lineage graph: <c>dataset:ns:name</c>, <c>job:ns:name</c>, <c>datasetField:ns:dataset:field</c>, with a version after <c>#</c>
/// that is not looked at. Namespaces hold colons (<c>s3://lake</c>, <c>postgres://host:5432</c>): one before <c>//</c> or a digit separates nothing.
/// </summary>
internal sealed record NodeId(NodeKind Kind, string Namespace, string Name, string? Field = null)
{
    public override string ToString() => Kind switch
    {
        NodeKind.Job => $"job:{Namespace}:{Name}",
        NodeKind.Dataset => $"dataset:{Namespace}:{Name}",
        _ => $"datasetField:{Namespace}:{Name}:{Field}",
    };

    /// <exception cref="MarquezException">400: not of such a form.</exception>
    public static NodeId Parse(string text)
    {
        var parts = Split(text.Split('#')[0]);
        return parts switch
        {
            ["job", var ns, var name] => new(NodeKind.Job, ns, name),
            ["dataset", var ns, var name] => new(NodeKind.Dataset, ns, name),
            ["datasetField", var ns, var name, var field] => new(NodeKind.DatasetField, ns, name, field),
            // A name with colons is the rest.
            ["job", var ns, .. var rest] when rest.Length > 1 => new(NodeKind.Job, ns, string.Join(':', rest)),
            ["dataset", var ns, .. var rest] when rest.Length > 1 => new(NodeKind.Dataset, ns, string.Join(':', rest)),
            ["datasetField", var ns, .. var rest, var field] when rest.Length > 1 => new(NodeKind.DatasetField, ns, string.Join(':', rest), field),
            _ => throw MarquezException.BadRequest($"The node '{text}' must have the form job:<namespace>:<name>, dataset:<namespace>:<name> or datasetField:<namespace>:<dataset>:<field>"),
        };
    }

    private static string[] Split(string text)
    {
        List<string> parts = [];
        var begin = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != ':' || (i + 1 < text.Length && (char.IsAsciiDigit(text[i + 1]) || text.AsSpan(i + 1).StartsWith("//"))))
                continue;
            parts.Add(text[begin..i]);
            begin = i + 1;
        }

        parts.Add(text[begin..]);
        return [.. parts];
    }
}
