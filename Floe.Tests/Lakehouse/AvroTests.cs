using System.Text;
using Floe.Lakehouse;
using Floe.Lakehouse.Avro;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class AvroTests
{
    private const string Everything = """
        {"type":"record","name":"all","fields":[
          {"name":"flag","type":"boolean","field-id":1},
          {"name":"small","type":"int","field-id":2},
          {"name":"big","type":"long","field-id":3},
          {"name":"single","type":"float","field-id":4},
          {"name":"double","type":"double","field-id":5},
          {"name":"text","type":"string","field-id":6},
          {"name":"raw","type":"bytes","field-id":7},
          {"name":"maybe","type":["null","long"],"default":null,"field-id":8},
          {"name":"items","type":{"type":"array","items":"string","element-id":10},"field-id":9}]}
        """;

    [Fact]
    public void A_container_gives_back_what_was_written()
    {
        long[] longs = [0, -1, 1, 63, -64, 64, 8191, 8192, long.MaxValue, long.MinValue];
        var writer = new AvroContainerWriter(Everything, [new("key", "värde")]);
        foreach (var n in longs)
        {
            writer.Add(n, static (avro, n) =>
            {
                avro.Boolean(n > 0);
                avro.Int((int)n);
                avro.Long(n);
                avro.Float(1.5f);
                avro.Double(-2.25);
                avro.String($"Ж{n}🚀");
                avro.Bytes([1, 2, 3]);
                if (avro.Optional(n > 0))
                    avro.Long(n);
                avro.Long(2);
                avro.String("a");
                avro.String("");
                avro.Long(0);
            });
        }

        var read = AvroContainer.Read(writer.Finish(), "test");

        Assert.Equal("värde", read.Text("key"));
        Assert.Equal("deflate", read.Text("avro.codec"));
        Assert.Equal(longs.Length, read.Records.Count);
        for (var i = 0; i < longs.Length; i++)
        {
            var record = (AvroRecord)read.Records[i]!;
            Assert.Equal(longs[i] > 0, record.Get(1));
            Assert.Equal((int)longs[i], record.Get(2));
            Assert.Equal(longs[i], record.Get(3));
            Assert.Equal(1.5f, record.Get(4));
            Assert.Equal(-2.25, record.Get(5));
            Assert.Equal($"Ж{longs[i]}🚀", record.Get(6));
            Assert.Equal(new byte[] { 1, 2, 3 }, record.Get(7));
            Assert.Equal(longs[i] > 0 ? longs[i] : null, record.Get(8));
            Assert.Equal(new object?[] { "a", "" }, record.Get(9));
        }
    }

    [Fact]
    public void Many_records_are_split_into_blocks()
    {
        var writer = new AvroContainerWriter("""{"type":"record","name":"r","fields":[{"name":"t","type":"string","field-id":1}]}""", []);
        for (var i = 0; i < 5000; i++)
            writer.Add(i, static (avro, i) => avro.String($"{i}-{new string('x', 200)}"));

        var read = AvroContainer.Read(writer.Finish(), "test");

        Assert.Equal(5000, read.Records.Count);
        Assert.StartsWith("4999-", (string)((AvroRecord)read.Records[4999]!).Get(1)!);
    }

    [Fact]
    public void A_type_may_be_used_by_name_after_an_empty_array_of_its_definition()
    {
        var schema = AvroSchema.Parse(Encoding.UTF8.GetBytes("""
            {"type":"record","name":"r","fields":[
              {"name":"list","type":{"type":"array","items":{"type":"record","name":"pair","fields":[{"name":"v","type":"int"}]}}},
              {"name":"one","type":"pair"}]}
            """));
        var avro = new AvroEncoder();
        avro.Long(0);
        avro.Int(7);

        var record = (AvroRecord)new AvroDecoder(avro.Written.Span).Read(schema)!;

        Assert.Equal(7, ((AvroRecord)record.Values[1]!).Values[0]);
    }

    [Fact]
    public void Every_truncation_is_a_typed_error()
    {
        var writer = new AvroContainerWriter("""{"type":"record","name":"r","fields":[{"name":"t","type":"string"}]}""", []);
        writer.Add("hello", static (avro, text) => avro.String(text));
        var whole = writer.Finish();
        var block = AvroContainer.Read(whole, "whole").Records.Count;
        Assert.Equal(1, block);

        var headerEnd = whole.Length - BlockLength(whole);
        for (var length = 0; length < whole.Length; length++)
        {
            if (length == headerEnd)
                continue;
            var e = Assert.Throws<CorruptFileException>(() => AvroContainer.Read(whole[..length], "s3://b/cut.avro"));
            Assert.Contains("s3://b/cut.avro", e.Message);
        }
    }

    [Fact]
    public void A_claimed_length_beyond_the_file_is_refused_before_anything_is_allocated()
    {
        var avro = new AvroEncoder();
        avro.Long(long.MaxValue / 4);

        var e = Assert.Throws<FormatException>(() => new AvroDecoder(avro.Written.Span).String());

        Assert.Contains("are left", e.Message);
    }

    // The block is count, size, data and the 16 bytes of the sync mark, which is also the header's end.
    private static int BlockLength(ReadOnlyMemory<byte> file)
    {
        var sync = file.Span[^16..];
        return file.Length - (file.Span.IndexOf(sync) + 16);
    }
}
