using Floe.Lakehouse;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

public sealed class UpdateSchemaTests
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Long, true),
        new(2, "n", PrimitiveType.Int, false),
        new(3, "price", PrimitiveType.Decimal(9, 2), false, "in euro"),
        new(4, "address", new StructType([new(5, "city", PrimitiveType.String, false), new(6, "zip", PrimitiveType.Int, true)]), false),
        new(7, "tags", new ListType(8, PrimitiveType.Float, false), false),
        new(9, "rates", new MapType(10, PrimitiveType.String, 11, new StructType([new(12, "v", PrimitiveType.Float, false)]), false), false),
    ],
    schemaId: 4,
    identifierFieldIds: [1]);

    [Fact]
    public void Ids_stay_through_every_change_and_dropped_ones_are_never_given_out_again()
    {
        var update = Begin(lastColumnId: 20)
            .RenameColumn("n", "count")
            .UpdateColumn("count", PrimitiveType.Long)
            .DropColumn("price")
            .AddColumn("price", PrimitiveType.Decimal(12, 4))
            .AddColumn("street", PrimitiveType.String, parent: "address")
            .RenameColumn("address.city", "town")
            .MakeOptional("address.zip")
            .UpdateColumn("tags.element", PrimitiveType.Double)
            .AddColumn("w", new ListType(0, new StructType([new(0, "a", PrimitiveType.Int, true)]), true), "doc", "rates")
            .MoveFirst("price")
            .MoveAfter("id", "address")
            .MoveBefore("address.street", "address.town");
        var schema = update.Apply();

        Assert.Equal(5, schema.SchemaId);
        Assert.Equal(25, update.LastColumnId);
        Assert.Equal([1], schema.IdentifierFieldIds);
        Assert.Equal(["price 21", "count 2", "address 4", "id 1", "tags 7", "rates 9"], schema.Fields.Select(f => $"{f.Name} {f.Id}"));
        Assert.Equal("struct<22: street: string, 5: town: string, 6: zip: int>", schema.FindField(4)!.Type.ToString());
        Assert.False(schema.FindField(6)!.Required);
        Assert.Equal((PrimitiveType.Long, PrimitiveType.Double), (schema.FindField(2)!.Type, schema.FindField(8)!.Type));
        Assert.Equal("map<string, struct<12: v: float, 23: w: list<struct<25: a: int>>>>", schema.FindField(9)!.Type.ToString());
        Assert.Equal(24, ((ListType)schema.FindField(23)!.Type).ElementId);
        Assert.Null(schema.FindField(3));
    }

    [Fact]
    public void Docs_and_identifiers_change_too_and_count_as_changes()
    {
        var documented = Begin().UpdateColumnDoc("price", "in cents").Apply();
        Assert.Equal("in cents", documented.FindField("price")!.Doc);
        Assert.True(documented.SameFields(s_schema));
        Assert.False(documented.SaysTheSame(s_schema));
        Assert.Empty(Begin().SetIdentifierFields().Apply().IdentifierFieldIds);
        Assert.Throws<ValidationException>(() => Begin().SetIdentifierFields("n"));
        Assert.Equal("id", Begin().SetIdentifierFields().DropColumn("price").MakeOptional("id").Apply().Fields[0].Name);
    }

    public static TheoryData<string, Action<UpdateSchema>, string> Refused => new()
    {
        { "name taken", u => u.AddColumn("n", PrimitiveType.Int), "already has a column 'n'" },
        { "rename to taken", u => u.RenameColumn("n", "id"), "already has a column 'id'" },
        { "no column", u => u.DropColumn("none"), "no column 'none'" },
        { "narrow", u => u.UpdateColumn("id", PrimitiveType.Int), "long and cannot become int" },
        { "other scale", u => u.UpdateColumn("price", PrimitiveType.Decimal(12, 3)), "wider decimal of the same scale" },
        { "fewer digits", u => u.UpdateColumn("price", PrimitiveType.Decimal(8, 2)), "wider decimal of the same scale" },
        { "struct", u => u.UpdateColumn("address", PrimitiveType.Int), "cannot become int" },
        { "required", u => u.AddRequiredColumn("r", PrimitiveType.Int), "allow incompatible changes" },
        { "require", u => u.RequireColumn("n"), "cannot be made required" },
        { "identifier dropped", u => u.DropColumn("id"), "identifies rows" },
        { "identifier optional", u => u.MakeOptional("id"), "identifies rows" },
        { "source of partition", u => u.DropColumn("address"), "source of the partition field 'zip_bucket_4'" },
        { "source of order", u => u.DropColumn("n"), "source of the sort order" },
        { "move to other struct", u => u.MoveAfter("n", "address.city"), "not in the same struct" },
        { "move to itself", u => u.MoveBefore("n", "n"), "itself" },
        { "element renamed", u => u.RenameColumn("tags.element", "x"), "part of a list or map" },
        { "key changed", u => u.UpdateColumnDoc("rates.key", "x"), "part of a list or map" },
        { "parent no struct", u => u.AddColumn("x", PrimitiveType.Int, parent: "n"), "not a struct" },
        { "empty name", u => u.AddColumn("", PrimitiveType.Int), "must not be empty" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Changes_that_the_specification_does_not_allow_are_refused(string what, Action<UpdateSchema> edit, string says)
    {
        var e = Assert.Throws<ValidationException>(() => edit(Begin()));
        Assert.True(e.Message.Contains(says), $"{what}: {e.Message}");
    }

    [Fact]
    public void Incompatible_changes_are_made_when_they_are_asked_for()
    {
        var schema = Begin().AllowIncompatibleChanges().AddRequiredColumn("r", PrimitiveType.Int).RequireColumn("n").Apply();
        Assert.True(schema.FindField("r")!.Required && schema.FindField("n")!.Required);
    }

    private static UpdateSchema Begin(int lastColumnId = 12) => new(
        s_schema,
        lastColumnId,
        [new PartitionSpec(1, [new(6, 1000, "zip_bucket_4", Transform.Bucket(4)), new(3, 1001, "gone", Transform.Void)])],
        [new SortOrder(1, [new(2, Transform.Identity, "asc", "nulls-first")])]);
}
