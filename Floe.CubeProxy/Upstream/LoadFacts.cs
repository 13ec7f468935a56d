using System.Text.Json;

namespace Floe.CubeProxy.Upstream;

/// <summary>What an answer of <c>/v1/load</c> says about itself.</summary>
/// <param name="Rows">Of all results together.</param>
/// <param name="Refreshed">When Cube asked the database; of several results the oldest. Null when it does not say.</param>
internal readonly record struct LoadFacts(int Rows, DateTimeOffset? Refreshed)
{
    /// <exception cref="JsonException">The answer is not JSON.</exception>
    public static LoadFacts Read(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        var facts = new LoadFacts();
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref facts);
        return facts;
    }

    // At the start of an object; leaves the reader at its end.
    private static void ReadObject(ref Utf8JsonReader reader, ref LoadFacts facts)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isResults, isRows, isTime) = (reader.ValueTextEquals("results"), reader.ValueTextEquals("data") || reader.ValueTextEquals("dataset"), reader.ValueTextEquals("lastRefreshTime"));
            reader.Read();
            if (isResults && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref facts);
            }
            else if (isRows && reader.TokenType == JsonTokenType.StartArray)
            {
                facts = facts with { Rows = facts.Rows + Count(ref reader) };
            }
            else if (isRows && reader.TokenType == JsonTokenType.StartObject)
            {
                // Compact: {"members": …, "dataset": …}
                ReadObject(ref reader, ref facts);
            }
            else if (isTime && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time))
            {
                if (facts.Refreshed is not { } known || time < known) facts = facts with { Refreshed = time };
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static int Count(ref Utf8JsonReader reader)
    {
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++) reader.Skip();
        return count;
    }
}
