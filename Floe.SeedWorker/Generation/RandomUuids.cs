using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>The ids of one table: row number to a UUID of version 4's shape (RFC 9562, section 5.4), the same in every run.</summary>
public readonly struct RandomUuids(long seed, int table)
{
    private readonly RandomColumn _high = new(seed, table, 1);
    private readonly RandomColumn _low = new(seed, table, 2);

    /// <summary>The id of a row.</summary>
    public Guid this[long row]
    {
        get
        {
            var (high, low) = Halves(row);
            return new Guid(
                (uint)(high >> 32), (ushort)(high >> 16), (ushort)high,
                (byte)(low >> 56), (byte)(low >> 48), (byte)(low >> 40), (byte)(low >> 32),
                (byte)(low >> 24), (byte)(low >> 16), (byte)(low >> 8), (byte)low);
        }
    }

    /// <summary>The id of a row as its first and last eight bytes, most significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (ulong High, ulong Low) Halves(long row) =>
        ((_high[row] & ~0xF000UL) | 0x4000UL, (_low[row] & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000);
}
