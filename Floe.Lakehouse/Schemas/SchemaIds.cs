namespace Floe.Lakehouse.Schemas;

/// <summary>Field ids for a schema that replaces another of the same table: a field that has the name, path included, of an earlier one gets its id, the
/// others get new ones.</summary>
internal sealed class SchemaIds
{
    private readonly Dictionary<int, int> assigned = [];
    private int last;

    /// <summary>Gives out the ids.</summary>
    /// <param name="schema">The new schema with any ids.</param>
    /// <param name="current">The schema that it replaces.</param>
    /// <param name="lastColumnId">The table's last-column-id.</param>
    public SchemaIds(Schema schema, Schema current, int lastColumnId)
    {
        last = Math.Max(lastColumnId, current.HighestFieldId);
        var fields = Fields(schema.Fields, current.Fields);
        Schema = new Schema(fields, current.SchemaId + 1, [.. schema.IdentifierFieldIds.Select(Of)]);
    }

    /// <summary>The schema with its ids in the table.</summary>
    public Schema Schema { get; }

    /// <summary>The id in the table of a field of the given schema.</summary>
    /// <exception cref="ValidationException">The given schema has no such field.</exception>
    public int Of(int id) => assigned.TryGetValue(id, out var known) ? known : throw new ValidationException($"The schema has no field {id}, which a partition spec, sort order or identifier names.");

    private IReadOnlyList<NestedField> Fields(IReadOnlyList<NestedField> fields, IEnumerable<NestedField> known)
    {
        var byName = known.ToDictionary(f => f.Name, StringComparer.Ordinal);
        return [.. fields.Select(f => Field(f, byName.GetValueOrDefault(f.Name)))];
    }

    private NestedField Field(NestedField field, NestedField? known)
    {
        var id = assigned[field.Id] = known?.Id ?? ++last;
        IReadOnlyList<NestedField> inner = [.. Schema.Children(field.Type)];
        if (inner.Count == 0)
            return field with { Id = id };
        var children = Fields(inner, known is null ? [] : Schema.Children(known.Type));
        return field with
        {
            Id = id,
            Type = field.Type switch
            {
                StructType => new StructType(children),
                ListType l => new ListType(children[0].Id, children[0].Type, l.ElementRequired),
                MapType m => new MapType(children[0].Id, children[0].Type, children[1].Id, children[1].Type, m.ValueRequired),
                var other => other,
            },
        };
    }
}
