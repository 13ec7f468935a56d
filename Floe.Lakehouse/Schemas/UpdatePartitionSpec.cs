using System.Globalization;

namespace Floe.Lakehouse.Schemas;

/// <summary>
/// Changes of a partition spec (specification, "Partition Evolution"). Files keep the spec that they were written by; only new files follow the new
/// one. A field that an older spec had gets its id again; ids of other fields are never reused. In format version 1 a removed field stays as
/// <c>void</c>, because readers find fields by position there. Each call sees what the calls before it did.
/// </summary>
public sealed class UpdatePartitionSpec
{
    private readonly int formatVersion;
    private readonly Schema schema;
    private readonly IReadOnlyList<PartitionField> known;
    private readonly PartitionSpec original;
    private readonly int nextSpecId;
    private readonly List<PartitionField> fields;

    /// <summary>Begins with a spec.</summary>
    /// <param name="formatVersion">The table's format version.</param>
    /// <param name="schema">Schema that source columns are found in.</param>
    /// <param name="spec">The spec to change.</param>
    /// <param name="specs">All specs of the table.</param>
    /// <param name="lastPartitionId">The table's last-partition-id.</param>
    public UpdatePartitionSpec(int formatVersion, Schema schema, PartitionSpec spec, IReadOnlyList<PartitionSpec> specs, int lastPartitionId)
    {
        (this.formatVersion, this.schema, original) = (formatVersion, schema, spec);
        fields = [.. spec.Fields];
        known = [.. specs.SelectMany(s => s.Fields)];
        nextSpecId = specs.Select(s => s.SpecId).Append(spec.SpecId).Max() + 1;
        LastPartitionId = Math.Max(lastPartitionId, known.Select(f => f.FieldId).Append(PartitionSpec.FirstFieldId - 1).Max());
    }

    /// <summary>Highest partition field id given out so far.</summary>
    public int LastPartitionId { get; private set; }

    /// <summary>Adds a field: rows are partitioned by the transform of a column, too.</summary>
    /// <param name="column">Name of the source column, a primitive one; a field of a struct by its path.</param>
    /// <param name="transform">The transform.</param>
    /// <param name="name">Name of the partition field; by default the column's and the transform's, for example <c>id_bucket_16</c>.</param>
    /// <exception cref="ValidationException">No such column, the transform does not exist for its type, the name is taken, or a field of the same
    /// column says the same already.</exception>
    public UpdatePartitionSpec AddField(string column, Transform transform, string? name = null)
    {
        var source = schema.FindPath(column)
            ?? throw new ValidationException($"The schema has no column '{column}' to partition by; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.");
        if (source.Type is not PrimitiveType type || !transform.CanApply(type))
            throw new ValidationException($"The column '{column}' is {source.Type}, for which the transform {transform} does not exist.");
        if (fields.FirstOrDefault(f => f.SourceId == source.Id && Same(f.Transform, transform)) is { } redundant)
            throw new ValidationException($"The partition field '{redundant.Name}' ({redundant.Transform} of '{column}') is there already; {transform} of the same column beside it would be redundant.");

        var earlier = formatVersion > 1
            ? known.FirstOrDefault(f => f.SourceId == source.Id && f.Transform == transform && (name is null || f.Name == name)) ?? known.FirstOrDefault(f => f.SourceId == source.Id && f.Transform == transform)
            : null;
        name ??= earlier?.Name ?? DefaultName(column, transform);
        CheckName(name, source.Id, transform);

        var added = new PartitionField(source.Id, earlier?.FieldId ?? ++LastPartitionId, name, transform);
        var place = formatVersion == 1 ? -1 : OriginalPlace(added);
        if (place < 0)
            fields.Add(added);
        else
            fields.Insert(place, added);
        return this;
    }

    /// <summary>Removes a field.</summary>
    /// <exception cref="ValidationException">No such field.</exception>
    public UpdatePartitionSpec RemoveField(string name)
    {
        var at = IndexOf(name);
        if (formatVersion > 1 || original.Fields.All(f => f.FieldId != fields[at].FieldId))
            fields.RemoveAt(at);
        else
            fields[at] = fields[at] with { Transform = Transform.Void, Name = FreeName($"{name}_void") };
        return this;
    }

    /// <summary>Gives a field another name; its id stays.</summary>
    public UpdatePartitionSpec RenameField(string name, string newName)
    {
        var at = IndexOf(name);
        CheckName(newName, fields[at].SourceId, fields[at].Transform);
        fields[at] = fields[at] with { Name = newName };
        return this;
    }

    /// <summary>The changed spec, under the next free spec id.</summary>
    public PartitionSpec Apply() => new(nextSpecId, [.. fields]);

    /// <summary>Ids for the fields of a spec that an existing table gets: those of older specs where source and transform are the same.</summary>
    internal static PartitionSpec Reassign(PartitionSpec spec, int specId, IReadOnlyList<PartitionSpec> specs, int lastPartitionId)
    {
        var known = specs.SelectMany(s => s.Fields).ToList();
        var last = Math.Max(lastPartitionId, PartitionSpec.FirstFieldId - 1);
        return new(specId, [.. spec.Fields.Select(f => f with { FieldId = known.FirstOrDefault(k => k.SourceId == f.SourceId && k.Transform == f.Transform)?.FieldId ?? ++last })]);
    }

    /// <summary>The usual name of a field.</summary>
    internal static string DefaultName(string column, Transform transform) => transform.Kind switch
    {
        TransformKind.Identity => column,
        TransformKind.Bucket => string.Create(CultureInfo.InvariantCulture, $"{column}_bucket_{transform.Width}"),
        TransformKind.Truncate => string.Create(CultureInfo.InvariantCulture, $"{column}_trunc_{transform.Width}"),
        TransformKind.Void => $"{column}_null",
        _ => $"{column}_{transform.Text}",
    };

    private static bool Same(Transform a, Transform b) => a == b || (IsTime(a) && IsTime(b));

    private static bool IsTime(Transform transform) => transform.Kind is TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Hour;

    /// <summary>Where a field that was removed by an earlier call stood; -1 for a new one.</summary>
    private int OriginalPlace(PartitionField field)
    {
        var was = original.Fields.ToList().FindIndex(f => f.FieldId == field.FieldId);
        return was < 0 ? -1 : fields.Count(f => original.Fields.Take(was).Any(o => o.FieldId == f.FieldId));
    }

    private void CheckName(string name, int sourceId, Transform transform)
    {
        if (name.Length == 0)
            throw new ValidationException("A partition field's name must not be empty.");
        if (fields.Any(f => f.Name == name))
            throw new ValidationException($"The partition spec already has a field '{name}'; give the field another name.");
        if (schema.FindField(name) is { } column && (column.Id != sourceId || transform.Kind != TransformKind.Identity))
            throw new ValidationException($"The partition field cannot be named '{name}': that is a column of another meaning; give the field another name.");
    }

    private string FreeName(string name)
    {
        while (fields.Any(f => f.Name == name))
            name += "_";
        return name;
    }

    private int IndexOf(string name)
    {
        var at = fields.FindIndex(f => f.Name == name && f.Transform.Kind != TransformKind.Void);
        return at >= 0
            ? at
            : throw new ValidationException($"The partition spec has no field '{name}'; it has {(fields.Count == 0 ? "none" : string.Join(", ", fields.Select(f => f.Name)))}.");
    }
}
