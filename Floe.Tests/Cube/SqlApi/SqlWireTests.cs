using System.Buffers.Binary;
using System.Text;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>The protocol's finer points, and clients that do not keep to it.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class SqlWireTests(RecordedShop shop)
{
    [Fact]
    public async Task Encryption_that_is_not_there_is_declined_and_the_client_goes_on()
    {
        using var client = await WireClient.ConnectAsync(shop.Cube.SqlPort);
        foreach (var request in (int[])[80877104, 80877103])
        {
            await client.SendAsync([.. WireClient.Int32(8), .. WireClient.Int32(request)]);
            Assert.Equal((byte)'N', await client.ReadByteAsync());
        }
        await client.SendAsync(WireClient.Startup(("user", "cube")));
        Assert.Equal('R', (await client.ReadAsync()).Type);
    }

    [Fact]
    public async Task After_an_error_everything_is_passed_over_up_to_Sync()
    {
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        Assert.Equal("EZ", await client.TypesAsync(WireClient.Parse("", "SELECT nope FROM Orders"), WireClient.Bind("", ""), WireClient.Execute("", 0), WireClient.Query("SELECT 1"), WireClient.Message('S')));
        Assert.Equal("12TDCZ", await client.TypesAsync(WireClient.Parse("", "SELECT count(*) FROM Orders"), WireClient.Bind("", ""), WireClient.Message('D', [(byte)'P', 0]), WireClient.Execute("", 0), WireClient.Message('S')));
        Assert.Equal("TDCEZ", await client.TypesAsync(WireClient.Query("SELECT 1; SELECT nope FROM Orders; SELECT 2")));
        Assert.Equal("TDCZ", await client.TypesAsync(WireClient.Query("SELECT 2;")));
        Assert.Equal("IZ", await client.TypesAsync(WireClient.Query(" ; -- nothing")));
        Assert.Equal("1t", string.Concat((await Flushed(client, WireClient.Parse("s", "SELECT count(*) FROM Orders WHERE order_date > $2 AND status = $1 LIMIT $3"), WireClient.Message('D', [(byte)'S', (byte)'s', 0]), WireClient.Message('H'))).Select(message => message.Type)));
    }

    [Fact]
    public async Task Parameters_without_a_type_get_that_of_their_place()
    {
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        await client.SendAsync(WireClient.Parse("s", "SELECT count(*), $4 FROM Orders WHERE order_date > $2 AND status = $1 LIMIT $3"), WireClient.Message('D', [(byte)'S', (byte)'s', 0]), WireClient.Message('S'));
        var types = (await client.ReadUntilAsync('Z')).Single(message => message.Type == 't').Body;
        Assert.Equal([25, 1114, 20, 25], Enumerable.Range(0, BinaryPrimitives.ReadInt16BigEndian(types)).Select(i => BinaryPrimitives.ReadInt32BigEndian(types.AsSpan(2 + (4 * i)))));
    }

    [Fact]
    public async Task A_portal_gives_its_rows_in_parts()
    {
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        Assert.Equal("CZ", await client.TypesAsync(WireClient.Query("BEGIN")));
        Assert.Equal("12DDsZ", await client.TypesAsync(WireClient.Parse("", "SELECT status FROM Orders GROUP BY 1 ORDER BY 1"), WireClient.Bind("p", ""), WireClient.Execute("p", 2), WireClient.Message('S')));
        Assert.Equal("DDCZ", await client.TypesAsync(WireClient.Execute("p", 5), WireClient.Message('S')));
        Assert.Equal("CZ", await client.TypesAsync(WireClient.Query("COMMIT")));
        Assert.Equal("EZ", await client.TypesAsync(WireClient.Execute("p", 5), WireClient.Message('S')));
    }

    [Theory]
    [InlineData("Q", 10_000_000, "54000")]
    [InlineData("Q", 3, "08P01")]
    [InlineData("?", 4, "08P01")]
    [InlineData("E", 4, "08P01")]
    [InlineData("D", 6, "08P01")]
    public async Task Who_breaks_the_protocol_is_told_and_let_go(string type, int length, string state)
    {
        using var other = await WireClient.SignInAsync(shop.Cube.SqlPort);
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        await client.SendAsync([(byte)type[0], .. WireClient.Int32(length), .. new byte[Math.Clamp(length - 4, 0, 100)]]);
        Assert.Equal(state, (await client.LastWordsAsync()).State);
        Assert.Equal("TDCZ", await other.TypesAsync(WireClient.Query("SELECT count(*) FROM Orders")));
    }

    [Fact]
    public async Task A_client_of_something_else_is_turned_away()
    {
        foreach (var bytes in (byte[][])[Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), [0, 0, 0, 8, 0, 2, 0, 0], [.. WireClient.Int32(9000), .. WireClient.Int32(196608), .. Enumerable.Repeat((byte)'x', 8992)], WireClient.Startup(("database", "x"))])
        {
            using var client = await WireClient.ConnectAsync(shop.Cube.SqlPort);
            await client.SendAsync(bytes);
            Assert.NotEqual("", (await client.LastWordsAsync()).State);
        }
    }

    [Fact]
    public async Task A_wrong_key_cancels_nothing_and_the_right_one_what_runs()
    {
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        await client.SendAsync(WireClient.Query("SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c, pg_attribute d, pg_attribute e, pg_type f WHERE a.attname || b.attname || c.attname || d.attname || e.attname || f.typname = 'x'"));
        var answer = client.ReadUntilAsync('Z');
        await CancelAsync(client.Key.Process, client.Key.Secret ^ 1);
        Assert.False(answer.IsCompleted);
        // It may not have begun yet: a key that comes between two statements has no effect, as in PostgreSQL.
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await Task.WhenAny(answer, Task.Delay(50)) != answer)
        {
            giveUp.Token.ThrowIfCancellationRequested();
            await CancelAsync(client.Key.Process, client.Key.Secret);
        }
        Assert.Equal("57014", WireClient.Error((await answer).Single(message => message.Type == 'E').Body).State);
    }

    [Fact]
    public async Task A_connection_keeps_so_many_statements_and_no_more()
    {
        using var client = await WireClient.SignInAsync(shop.Cube.SqlPort);
        await client.SendAsync([.. Enumerable.Range(0, 300).Select(i => WireClient.Parse($"s{i}", "SELECT 1")), WireClient.Message('S')]);
        var answer = await client.ReadUntilAsync('Z');
        Assert.Equal(256, answer.Count(message => message.Type == '1'));
        Assert.Equal("54000", WireClient.Error(answer.Single(message => message.Type == 'E').Body).State);
        Assert.Equal("CZ", await client.TypesAsync(WireClient.Query("DEALLOCATE ALL")));
        Assert.Equal("TDCZ", await client.TypesAsync(WireClient.Query("SELECT 1")));
    }

    private static async Task<List<(char Type, byte[] Body)>> Flushed(WireClient client, params byte[][] messages)
    {
        await client.SendAsync(messages);
        return await client.ReadUntilAsync('t');
    }

    private async Task CancelAsync(int process, int secret)
    {
        using var cancel = await WireClient.ConnectAsync(shop.Cube.SqlPort);
        await cancel.SendAsync([.. WireClient.Int32(16), .. WireClient.Int32(80877102), .. WireClient.Int32(process), .. WireClient.Int32(secret)]);
        await cancel.LastWordsAsync();
    }
}
