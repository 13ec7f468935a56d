using System.Text;
using System.Text.Json;

namespace Floe.AppHost.Evidence.Checks;

/// <summary>No value of a secret is in what others can read: the logs of the resources, and the telemetry that they sent.</summary>
/// <param name="secrets">Values by name. Never shown.</param>
/// <param name="places">What is read, by name.</param>
internal sealed class SecretsCheck(IReadOnlyList<(string Name, string Value)> secrets, IReadOnlyList<(string Name, Func<CancellationToken, Task<byte[]>> Read)> places) : IEvidenceCheck
{
    // What is shorter stands in any text by chance.
    private const int Shortest = 8;

    public string Name => "secrets";

    public string Compared => "values of the stack's secrets (as they are, in JSON, in URLs, in base64) that stand in console logs, structured logs and traces, with none";

    public async Task<(string Expected, string Actual)> RunAsync(CancellationToken ct)
    {
        List<(string Name, byte[] Form)> forms = [.. secrets.Where(s => s.Value.Length >= Shortest).SelectMany(s => Forms(s.Value).Select(form => (s.Name, Encoding.UTF8.GetBytes(form))))];
        List<string> found = [];
        var read = 0L;
        foreach (var (place, content) in places)
        {
            var bytes = await content(ct);
            read += bytes.Length;
            found.AddRange(forms.Where(form => bytes.AsSpan().IndexOf(form.Form) >= 0).Select(form => $"{form.Name} in {place}").Distinct());
        }

        var (looked, all) = ($"{secrets.Count(s => s.Value.Length >= Shortest)} secrets", $"{read / 1024:0} KiB of {string.Join(", ", places.Select(p => p.Name))}");
        return ($"none of {looked} in {all}", found.Count == 0 ? $"none of {looked} in {all}" : string.Join("; ", found));
    }

    private static IEnumerable<string> Forms(string value) =>
        new[] { value, JsonSerializer.Serialize(value)[1..^1], Uri.EscapeDataString(value), Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) }.Distinct(StringComparer.Ordinal);
}
