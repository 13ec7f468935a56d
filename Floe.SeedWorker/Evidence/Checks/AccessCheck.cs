using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>Who has no right to rows gets none: no token, a wrong one, an old one, one without the claim; and who has it gets those rows.</summary>
internal sealed class AccessCheck(CubeApi cube, LakeTotals lake) : IEvidenceCheck
{
    private const string Open = """{"measures":["Orders.count"]}""";
    private const string Policy = """{"measures":["CustomerContacts.count"],"dimensions":["CustomerContacts.region"]}""";

    public string Name => "access";

    public string Compared => "CubeProxy's answers without, with a changed, with an expired token, with one that lacks the claim that CustomerContacts asks for, and the rows for one that has it";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        var (token, limited, expired) = (
            Given(request.Token, EvidenceRequest.TokenHeader), Given(request.LimitedToken, EvidenceRequest.LimitedTokenHeader), Given(request.ExpiredToken, EvidenceRequest.ExpiredTokenHeader));
        var region = JsonNode.Parse(Base64Url.DecodeFromChars(limited.Split('.')[1]))!["region"]!.ToString();
        // Another last character but one: the last one may have bits that do not count.
        var changed = $"{token[..^2]}{(token[^2] == 'A' ? 'B' : 'A')}{token[^1]}";
        var rows = await cube.RowsAsync(Policy, limited, ct);
        return new(
            $"no token 403, changed 403, expired 403, no claim 403; {await lake.CustomersOfAsync(region, ct)} customers of {region}",
            $"no token {await StatusAsync(Open, null)}, changed {await StatusAsync(Open, changed)}, expired {await StatusAsync(Open, expired)}, no claim {await StatusAsync(Policy, token)}; "
            + string.Join(", ", rows.Select(row => $"{CubeApi.Number(row, "CustomerContacts.count"):0} customers of {row!["CustomerContacts.region"]}")));

        async Task<int> StatusAsync(string query, string? with) => (int)(await cube.SendAsync(query, with, ct)).Status;
    }

    private static string Given(string? token, string header) => token ?? throw new NotCheckedException($"the request has no header {header}");
}
