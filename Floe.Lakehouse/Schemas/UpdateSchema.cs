namespace Floe.Lakehouse.Schemas;

/// <summary>
/// Changes of a schema by name that keep field ids (specification, "Schema Evolution"): what was written before stays readable, because readers
/// match columns by id. Each call sees what the calls before it did. A nested field is named by its path: <c>address.city</c>,
/// <c>tags.element</c>, <c>prices.value</c>.
/// </summary>
public sealed class UpdateSchema
{
    private readonly Schema original;
    private readonly Dictionary<int, string> sources;
    private readonly List<int> identifiers;
    private IReadOnlyList<NestedField> fields;
    private bool incompatible;

    /// <summary>Begins with a schema.</summary>
    /// <param name="schema">The schema to change.</param>
    /// <param name="lastColumnId">The table's last-column-id: ids of dropped columns are never given out again.</param>
    /// <param name="specs">Partition specs whose source columns must stay.</param>
    /// <param name="orders">Sort orders whose source columns must stay.</param>
    public UpdateSchema(Schema schema, int lastColumnId, IEnumerable<PartitionSpec>? specs = null, IEnumerable<SortOrder>? orders = null)
    {
        original = schema;
        fields = schema.Fields;
        identifiers = [.. schema.IdentifierFieldIds];
        LastColumnId = Math.Max(lastColumnId, schema.HighestFieldId);
        sources = [];
        foreach (var field in (specs ?? []).SelectMany(s => s.Fields).Where(f => f.Transform.Kind != TransformKind.Void))
            sources.TryAdd(field.SourceId, $"the partition field '{field.Name}'");
        foreach (var field in (orders ?? []).SelectMany(o => o.Fields))
            sources.TryAdd(field.SourceId, "the sort order");
    }

    /// <summary>Highest field id given out so far.</summary>
    public int LastColumnId { get; private set; }

    /// <summary>Allows what readers of older rows may stumble over: new required columns and optional columns made required.</summary>
    public UpdateSchema AllowIncompatibleChanges()
    {
        incompatible = true;
        return this;
    }

    /// <summary>Adds an optional column at the end, null in all rows written before. The ids inside a nested type are given out anew.</summary>
    /// <param name="name">Name of the column; dots are part of it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="doc">A sentence for readers.</param>
    /// <param name="parent">Path of the struct (or list or map of structs) that gets the field; null for a column of the table.</param>
    /// <exception cref="ValidationException">The name is taken, or the parent is no struct.</exception>
    public UpdateSchema AddColumn(string name, IcebergType type, string? doc = null, string? parent = null) => Add(name, type, required: false, doc, parent);

    /// <summary>Adds a required column; needs <see cref="AllowIncompatibleChanges"/>, because rows written before have no value for it.</summary>
    public UpdateSchema AddRequiredColumn(string name, IcebergType type, string? doc = null, string? parent = null) => incompatible
        ? Add(name, type, required: true, doc, parent)
        : throw new ValidationException($"The column '{name}' cannot be added as required: rows written before have no value for it; add it as optional, or allow incompatible changes where the table has no rows.");

    /// <summary>Drops a column; its id is never used again.</summary>
    /// <exception cref="ValidationException">The column does not exist, identifies rows, or the current partition spec or sort order rests on it.</exception>
    public UpdateSchema DropColumn(string name)
    {
        var field = Find(name);
        foreach (var inner in Schema.Flatten([field]))
        {
            if (identifiers.Contains(inner.Id))
                throw new ValidationException($"The column '{name}' identifies rows; take it out of the identifier fields before it is dropped.");
            if (sources.TryGetValue(inner.Id, out var user))
                throw new ValidationException($"The column '{name}' is the source of {user}; remove that before the column is dropped.");
        }

        return Edit(name, field, static (list, at) => [.. list.Take(at), .. list.Skip(at + 1)]);
    }

    /// <summary>Gives a column another name; the id stays.</summary>
    /// <param name="name">Path of the column.</param>
    /// <param name="newName">New name, without the path.</param>
    public UpdateSchema RenameColumn(string name, string newName) => Edit(name, Find(name), (list, at) =>
    {
        CheckName(newName, list.Where((_, i) => i != at));
        return Set(list, at, list[at] with { Name = newName });
    });

    /// <summary>Widens a column: int to long, float to double, a decimal to more digits of the same scale.</summary>
    /// <exception cref="ValidationException">Any other change of type.</exception>
    public UpdateSchema UpdateColumn(string name, PrimitiveType type)
    {
        var field = Find(name);
        if (field.Type is not PrimitiveType before || (before != type && !before.CanPromoteTo(type)))
            throw new ValidationException($"The column '{name}' is {field.Type} and cannot become {type}: Iceberg allows int to long, float to double and a wider decimal of the same scale only; add a column and fill it instead.");
        return Edit(name, field, (list, at) => Set(list, at, list[at] with { Type = type }));
    }

    /// <summary>Sets the sentence for readers, or removes it.</summary>
    public UpdateSchema UpdateColumnDoc(string name, string? doc) => Edit(name, Find(name), (list, at) => Set(list, at, list[at] with { Doc = doc }));

    /// <summary>Allows nulls from now on.</summary>
    /// <exception cref="ValidationException">The column identifies rows, or is the key of a map.</exception>
    public UpdateSchema MakeOptional(string name)
    {
        var field = Find(name);
        if (identifiers.Contains(field.Id))
            throw new ValidationException($"The column '{name}' identifies rows and must stay required; take it out of the identifier fields first.");
        return Edit(name, field, static (list, at) => Set(list, at, list[at] with { Required = false }));
    }

    /// <summary>Forbids nulls from now on; needs <see cref="AllowIncompatibleChanges"/>, because rows written before may have some.</summary>
    public UpdateSchema RequireColumn(string name)
    {
        var field = Find(name);
        if (!field.Required && !incompatible)
            throw new ValidationException($"The column '{name}' cannot be made required: rows written before may have nulls; allow incompatible changes where they have none.");
        return Edit(name, field, static (list, at) => Set(list, at, list[at] with { Required = true }));
    }

    /// <summary>Moves a column to the front of its struct or of the table.</summary>
    public UpdateSchema MoveFirst(string name) => Edit(name, Find(name), static (list, at) => Move(list, at, 0));

    /// <summary>Moves a column before another one of the same struct.</summary>
    public UpdateSchema MoveBefore(string name, string other) => MoveTo(name, other, 0);

    /// <summary>Moves a column behind another one of the same struct.</summary>
    public UpdateSchema MoveAfter(string name, string other) => MoveTo(name, other, 1);

    /// <summary>Names the columns that identify a row (specification, "Identifier Field IDs"); none is allowed.</summary>
    /// <exception cref="ValidationException">One of them is optional or not primitive.</exception>
    public UpdateSchema SetIdentifierFields(params ReadOnlySpan<string> names)
    {
        identifiers.Clear();
        foreach (var name in names)
            identifiers.Add(Find(name).Id);
        _ = Apply();
        return this;
    }

    /// <summary>The changed schema, under the next schema id after the one it came from.</summary>
    public Schema Apply() => new(fields, original.SchemaId + 1, [.. identifiers]);

    private UpdateSchema Add(string name, IcebergType type, bool required, string? doc, string? parent)
    {
        if (parent is null)
        {
            CheckName(name, fields);
            fields = [.. fields, New()];
            return this;
        }

        var owner = Find(parent);
        return Edit(parent, owner, (list, at) => Set(list, at, list[at] with { Type = Inside(list[at].Type) }));

        NestedField New() => new(++LastColumnId, name, FreshIds(type), required, doc);

        IcebergType Inside(IcebergType into)
        {
            switch (into)
            {
                case StructType s:
                    CheckName(name, s.Fields);
                    return new StructType([.. s.Fields, New()]);
                case ListType { Element: StructType } l:
                    return l with { Element = Inside(l.Element) };
                case MapType { Value: StructType } m:
                    return m with { Value = Inside(m.Value) };
                default:
                    throw new ValidationException($"The field '{name}' cannot be added to '{parent}', which is {into} and not a struct.");
            }
        }
    }

    private IcebergType FreshIds(IcebergType type)
    {
        switch (type)
        {
            case StructType s:
                return new StructType([.. s.Fields.Select(f => f with { Id = ++LastColumnId }).ToList().Select(f => f with { Type = FreshIds(f.Type) })]);
            case ListType l:
                var element = ++LastColumnId;
                return new ListType(element, FreshIds(l.Element), l.ElementRequired);
            case MapType m:
                var (key, value) = (++LastColumnId, ++LastColumnId);
                return new MapType(key, FreshIds(m.Key), value, FreshIds(m.Value), m.ValueRequired);
            default:
                return type;
        }
    }

    private UpdateSchema MoveTo(string name, string other, int offset)
    {
        var anchor = Find(other);
        return Edit(name, Find(name), (list, at) =>
        {
            var rest = list.Where((_, i) => i != at).ToList();
            var index = rest.FindIndex(f => f.Id == anchor.Id);
            return index >= 0
                ? Move(list, at, index + offset)
                : throw new ValidationException($"The column '{name}' cannot be moved next to '{other}', which is {(list[at].Id == anchor.Id ? "itself" : "not in the same struct")}.");
        });
    }

    /// <summary>A top level column of that very name, dots and all; else a nested field by its path.</summary>
    private NestedField Find(string path)
    {
        if (fields.FirstOrDefault(f => f.Name == path) is { } top)
            return top;
        NestedField? field = null;
        foreach (var name in path.Split('.'))
        {
            field = (field is null ? fields : Schema.Children(field.Type)).FirstOrDefault(f => f.Name == name);
            if (field is null)
                break;
        }

        return field ?? throw new ValidationException($"The schema has no column '{path}'; it has {string.Join(", ", fields.Select(f => f.Name))}.");
    }

    private UpdateSchema Edit(string name, NestedField field, Func<IReadOnlyList<NestedField>, int, IReadOnlyList<NestedField>> edit)
    {
        fields = In(fields, free: true);
        return this;

        IReadOnlyList<NestedField> In(IReadOnlyList<NestedField> list, bool free)
        {
            var at = list.ToList().FindIndex(f => f.Id == field.Id);
            if (at < 0)
                return [.. list.Select(f => f.Type is PrimitiveType ? f : f with { Type = InType(f.Type) })];
            var edited = edit(list, at);

            // The element of a list, and key and value of a map, have their place and name by their kind.
            if (!free && (edited.Count != 1 || edited[0].Name != field.Name || (field.Name == "key" && edited[0] != field)))
                throw new ValidationException($"The field '{name}' is part of a list or map: it cannot be dropped, renamed or moved, and a map's key cannot be changed at all.");
            return edited;
        }

        IcebergType InType(IcebergType type)
        {
            switch (type)
            {
                case StructType s:
                    return new StructType(In(s.Fields, free: true));
                case ListType l:
                    var element = In([Schema.Children(l).Single()], free: false)[0];
                    return new ListType(l.ElementId, element.Type, element.Required);
                case MapType m:
                    var parts = Schema.Children(m).ToList();
                    var (key, value) = (In([parts[0]], free: false)[0], In([parts[1]], free: false)[0]);
                    return new MapType(m.KeyId, key.Type, m.ValueId, value.Type, value.Required);
                default:
                    return type;
            }
        }
    }

    private static IReadOnlyList<NestedField> Set(IReadOnlyList<NestedField> list, int at, NestedField field) => [.. list.Take(at), field, .. list.Skip(at + 1)];

    private static IReadOnlyList<NestedField> Move(IReadOnlyList<NestedField> list, int from, int to)
    {
        var moved = list.ToList();
        moved.RemoveAt(from);
        moved.Insert(to, list[from]);
        return moved;
    }

    private static void CheckName(string name, IEnumerable<NestedField> siblings)
    {
        if (name.Length == 0)
            throw new ValidationException("A column's name must not be empty.");
        if (siblings.Any(f => f.Name == name))
            throw new ValidationException($"The schema already has a column '{name}' at that place; a column name must be unique.");
    }
}
