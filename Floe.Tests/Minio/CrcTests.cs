using System.Text;
using Floe.Emulators.Minio.Checksums;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>The table and carry-less multiplication code against the definition, bit by bit.</summary>
public sealed class CrcTests
{
    public static TheoryData<string> Algorithms => new("CRC32", "CRC32C", "CRC64NVME");

    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    public void The_published_check_value_of_123456789_comes_out(string name, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(Compute(name, Encoding.ASCII.GetBytes("123456789"))));

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_length_agrees_with_the_definition(string name)
    {
        var data = new byte[1100];
        new Random(7).NextBytes(data);
        for (var length = 0; length < data.Length; length += length < 300 ? 1 : 37)
            Assert.Equal(Checksums.Base64(name, data.AsSpan(0, length)), Convert.ToBase64String(Compute(name, data.AsSpan(0, length))));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pieces_give_the_same_as_the_whole(string name)
    {
        var data = new byte[5000];
        new Random(8).NextBytes(data);
        var whole = Compute(name, data);
        var kind = ChecksumAlgorithm.Named(name)!.Crc!.Value;
        foreach (var cut in new[] { 0, 1, 127, 128, 2500, 4999, 5000 })
        {
            using var inPieces = ChecksumAlgorithm.Named(name)!.Start();
            inPieces.Append(data.AsSpan(0, cut));
            inPieces.Append(data.AsSpan(cut));
            Assert.Equal(whole, inPieces.Finish());
            Assert.Equal(whole, CrcChecksum.Combine(kind, Compute(name, data.AsSpan(0, cut)), Compute(name, data.AsSpan(cut)), data.Length - cut));
        }
    }

    private static byte[] Compute(string name, ReadOnlySpan<byte> data)
    {
        using var checksum = ChecksumAlgorithm.Named(name)!.Start();
        checksum.Append(data);
        return checksum.Finish();
    }
}
