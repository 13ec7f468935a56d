using Floe.Lakehouse;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

public sealed class UpdatePartitionSpecTests
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Long, true),
        new(2, "at", PrimitiveType.TimestampTz, false),
        new(3, "region", PrimitiveType.String, false),
        new(4, "ratio", PrimitiveType.Double, false),
        new(5, "s", new StructType([new(6, "x", PrimitiveType.Int, false)]), false),
    ]);

    private static readonly PartitionSpec s_spec = new(3, [new(1, 1000, "id_bucket_8", Transform.Bucket(8)), new(2, 1001, "at_day", Transform.Day), new(3, 1002, "region", Transform.Identity)]);
    private static readonly PartitionSpec[] s_specs = [PartitionSpec.Unpartitioned, new(1, [new(2, 1003, "by_month", Transform.Month)]), s_spec];

    [Fact]
    public void Fields_are_removed_and_added_and_known_ones_get_their_ids_again()
    {
        var update = Begin().RemoveField("at_day").AddField("at", Transform.Month).AddField("s.x", Transform.Truncate(10), "tens").AddField("region", Transform.Bucket(2));
        var spec = update.Apply();

        Assert.Equal(4, spec.SpecId);
        Assert.Equal(["id_bucket_8 1000", "region 1002", "by_month 1003", "tens 1004", "region_bucket_2 1005"], spec.Fields.Select(f => $"{f.Name} {f.FieldId}"));
        Assert.Equal(1005, update.LastPartitionId);
    }

    [Fact]
    public void A_field_removed_and_added_again_is_no_change()
    {
        Assert.Equal(s_spec.Fields, Begin().RemoveField("at_day").AddField("at", Transform.Day).Apply().Fields);
        Assert.Equal(["id_bucket_8", "day", "region"], Begin().RenameField("at_day", "day").Apply().Fields.Select(f => f.Name));
    }

    [Fact]
    public void In_version_1_a_removed_field_stays_as_void_and_ids_are_not_reused()
    {
        var spec = Begin(1).RemoveField("at_day").AddField("at", Transform.Month).Apply();

        Assert.Equal(["id_bucket_8 1000 bucket[8]", "at_day_void 1001 void", "region 1002 identity", "at_month 1004 month"], spec.Fields.Select(f => $"{f.Name} {f.FieldId} {f.Transform}"));
    }

    public static TheoryData<Action<UpdatePartitionSpec>, string> Refused => new()
    {
        { u => u.AddField("none", Transform.Identity), "no column 'none'" },
        { u => u.AddField("ratio", Transform.Bucket(3)), "bucket[3] does not exist" },
        { u => u.AddField("s", Transform.Identity), "does not exist" },
        { u => u.AddField("region", Transform.Hour), "hour does not exist" },
        { u => u.AddField("at", Transform.Hour), "redundant" },
        { u => u.AddField("id", Transform.Bucket(8), "again"), "redundant" },
        { u => u.AddField("id", Transform.Bucket(4), "region"), "already has a field 'region'" },
        { u => u.AddField("id", Transform.Bucket(4), "ratio"), "column of another meaning" },
        { u => u.RemoveField("by_month"), "no field 'by_month'" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_a_partition_is_refused(Action<UpdatePartitionSpec> edit, string says) =>
        Assert.Contains(says, Assert.Throws<ValidationException>(() => edit(Begin())).Message);

    [Fact]
    public void A_sort_order_with_the_same_fields_keeps_its_id()
    {
        SortOrder[] orders = [SortOrder.Unsorted, new(1, [new(3, Transform.Identity, "asc", "nulls-first")])];

        Assert.Equal(1, new ReplaceSortOrder(s_schema, orders).Asc("region").Apply().OrderId);
        Assert.Equal(0, new ReplaceSortOrder(s_schema, orders).Apply().OrderId);
        var next = new ReplaceSortOrder(s_schema, orders).Desc("at", transform: Transform.Day).Asc("s.x", nullsLast: true).Apply();
        Assert.Equal((2, "2 day desc nulls-last, 6 identity asc nulls-last"), (next.OrderId, string.Join(", ", next.Fields.Select(f => $"{f.SourceId} {f.Transform} {f.Direction} {f.NullOrder}"))));
        Assert.Throws<ValidationException>(() => new ReplaceSortOrder(s_schema).Asc("s"));
        Assert.Throws<ValidationException>(() => new ReplaceSortOrder(s_schema).Asc("none"));
    }

    private static UpdatePartitionSpec Begin(int formatVersion = 2) => new(formatVersion, s_schema, s_spec, s_specs, 1003);
}
