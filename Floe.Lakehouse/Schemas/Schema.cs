using System.Collections.Frozen;
using Floe.Lakehouse.Contract;

namespace Floe.Lakehouse.Schemas;

/// <summary>A table schema (specification, "Schemas"): top level fields, and a lookup of every field, nested ones included, by id.</summary>
public sealed class Schema
{
    private readonly FrozenDictionary<int, NestedField> byId;
    private readonly FrozenDictionary<string, NestedField> byName;

    /// <summary>A schema of these fields.</summary>
    /// <param name="fields">Top level fields in order.</param>
    /// <param name="schemaId">The schema's id in the table.</param>
    /// <param name="identifierFieldIds">Ids of the fields that identify a row; each must be a required primitive field.</param>
    /// <exception cref="ValidationException">An id or a top level name occurs twice, or an identifier field does not exist or is optional.</exception>
    public Schema(IReadOnlyList<NestedField> fields, int schemaId = 0, IReadOnlyList<int>? identifierFieldIds = null)
    {
        Fields = fields;
        SchemaId = schemaId;
        IdentifierFieldIds = identifierFieldIds ?? [];

        var ids = new Dictionary<int, NestedField>();
        foreach (var field in Flatten(fields))
        {
            if (!ids.TryAdd(field.Id, field))
                throw new ValidationException($"The schema gives field id {field.Id} to both '{ids[field.Id].Name}' and '{field.Name}'; a field id must be unique in a table.");
        }

        var names = new Dictionary<string, NestedField>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (!names.TryAdd(field.Name, field))
                throw new ValidationException($"The schema has two columns named '{field.Name}'; a column name must be unique.");
        }

        foreach (var id in IdentifierFieldIds)
        {
            if (!ids.TryGetValue(id, out var field) || !field.Required || field.Type is not PrimitiveType)
                throw new ValidationException($"Identifier field {id} must be a required field of a primitive type of the schema.");
        }

        byId = ids.ToFrozenDictionary();
        byName = names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The schema's id in the table's list of schemas.</summary>
    public int SchemaId { get; }

    /// <summary>Top level fields in order.</summary>
    public IReadOnlyList<NestedField> Fields { get; }

    /// <summary>Ids of the fields that identify a row; empty when none are declared.</summary>
    public IReadOnlyList<int> IdentifierFieldIds { get; }

    /// <summary>The highest field id, nested fields included; 0 without fields.</summary>
    public int HighestFieldId => byId.Count == 0 ? 0 : byId.Keys.Max();

    /// <summary>Every field, nested ones included (list elements, map keys and values too), parents before children.</summary>
    public IEnumerable<NestedField> AllFields => Flatten(Fields);

    /// <summary>The field with this id, nested ones included, or null.</summary>
    public NestedField? FindField(int id) => byId.GetValueOrDefault(id);

    /// <summary>The top level field with this exact name, or null.</summary>
    public NestedField? FindField(string name) => byName.GetValueOrDefault(name);

    /// <summary>The same fields under another schema id.</summary>
    public Schema WithId(int schemaId) => schemaId == SchemaId ? this : new(Fields, schemaId, IdentifierFieldIds);

    /// <summary>The Iceberg schema of a table of the data contract: the contract's field ids, and its key as identifier field.</summary>
    public static Schema FromContract(TableContract table) => new(
        [.. table.Columns.Select(c => new NestedField(c.FieldId, c.Name, PrimitiveType.Parse(c.Type), c.Required, c.Doc))],
        identifierFieldIds: table.Column(table.Key) is { Required: true } key ? [key.FieldId] : []);

    /// <summary>Whether both have the same fields: ids, names, types, nullability and order. Docs and the schema id do not count.</summary>
    public bool SameFields(Schema other) => Same(Fields, other.Fields);

    /// <summary>Whether both say the same in everything but the schema id: docs and identifier fields count too.</summary>
    internal bool SaysTheSame(Schema other) =>
        SameFields(other) && AllFields.Select(f => f.Doc).SequenceEqual(other.AllFields.Select(f => f.Doc)) && IdentifierFieldIds.Order().SequenceEqual(other.IdentifierFieldIds.Order());

    private static bool Same(IReadOnlyList<NestedField> a, IReadOnlyList<NestedField> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Id == p.Second.Id && p.First.Name == p.Second.Name && p.First.Required == p.Second.Required && Same(p.First.Type, p.Second.Type));

    private static bool Same(IcebergType a, IcebergType b) => (a, b) switch
    {
        (PrimitiveType x, PrimitiveType y) => x == y,
        (StructType x, StructType y) => Same(x.Fields, y.Fields),
        (ListType x, ListType y) => x.ElementId == y.ElementId && x.ElementRequired == y.ElementRequired && Same(x.Element, y.Element),
        (MapType x, MapType y) => x.KeyId == y.KeyId && x.ValueId == y.ValueId && x.ValueRequired == y.ValueRequired && Same(x.Key, y.Key) && Same(x.Value, y.Value),
        _ => false,
    };

    /// <summary>The field with this name; else the field of a struct by its path, names joined by dots; or null.</summary>
    internal NestedField? FindPath(string path)
    {
        if (FindField(path) is { } top)
            return top;
        var names = path.Split('.');
        var field = FindField(names[0]);
        foreach (var name in names.Skip(1))
            field = (field?.Type as StructType)?.Fields.FirstOrDefault(f => f.Name == name);
        return field;
    }

    internal static IEnumerable<NestedField> Flatten(IEnumerable<NestedField> fields)
    {
        foreach (var field in fields)
        {
            yield return field;
            foreach (var child in Flatten(Children(field.Type)))
                yield return child;
        }
    }

    /// <summary>The fields inside a type: of a struct, or a list's element, or a map's key and value.</summary>
    internal static IEnumerable<NestedField> Children(IcebergType type) => type switch
    {
        StructType s => s.Fields,
        ListType l => [new(l.ElementId, "element", l.Element, l.ElementRequired)],
        MapType m => [new(m.KeyId, "key", m.Key, true), new(m.ValueId, "value", m.Value, m.ValueRequired)],
        _ => [],
    };
}
