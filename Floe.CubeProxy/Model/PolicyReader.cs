using System.Text.RegularExpressions;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Model;

/// <summary>Reads one entry of <c>access_policy</c>. What it cannot express is refused: a policy that is half understood lets through what it should not.</summary>
internal static partial class PolicyReader
{
    public static void ReadAll(YamlSection section, Cube cube)
    {
        var place = section.PlaceOfKey("access_policy");
        var isGiven = section.Has("access_policy");
        cube.Policies.AddRange(section.Sections("access_policy", $"an access policy of '{cube.Name}'").Select(policy => Read(policy, cube)));
        // Nothing written could mean nobody or everybody.
        if (isGiven && cube.Policies.Count == 0) throw new ModelException(place, $"access_policy of '{cube.Name}' is empty; remove it, or say who may see what.");
    }

    private static AccessPolicy Read(YamlSection section, Cube cube)
    {
        section.Refuse("member_masking");
        List<string> roles = [];
        foreach (var key in (string[])["role", "group"])
        {
            if (section.Text(key) is { } role) roles.Add(role);
        }
        roles.AddRange(section.Texts("roles"));
        roles.AddRange(section.Texts("groups"));
        if (roles.Count == 0)
            throw new ModelException(section.Place, $"An access policy of '{cube.Name}' does not say whom it is for; write role: \"*\" for everybody.");
        var conditions = section.Sections("conditions", $"a condition of '{cube.Name}'s access policy").Select(ReadCondition).ToList();
        var members = section.Section("member_level", $"member_level of '{cube.Name}'s access policy") is { } level ? ReadMembers(level, cube) : null;
        var rows = section.Section("row_level", $"row_level of '{cube.Name}'s access policy") is { } row ? ReadRows(row, cube) : null;
        section.Finish();
        return new AccessPolicy(roles.Contains("*") ? null : roles, conditions, members, rows, section.Place);
    }

    private static PolicyCondition ReadCondition(YamlSection section)
    {
        var place = section.PlaceOfKey("if");
        var text = section.RequiredText("if");
        section.Finish();
        return Condition().Match(text) is { Success: true } match
            ? new PolicyCondition(new ClaimPath(match.Groups[2].Value.Split('.')), match.Groups[1].Length > 0)
            : throw new ModelException(place, $"The condition '{text}' is a program, which Floe's engine does not run; write {{ securityContext.claim }} or {{ !securityContext.claim }}.");
    }

    private static HashSet<string> ReadMembers(YamlSection section, Cube cube)
    {
        var members = section.Has("includes") && section.PeekText("includes") != "*"
            ? Checked(section.Texts("includes"), section, cube).ToHashSet()
            : cube.Members.Select(member => member.Name).ToHashSet();
        if (section.PeekText("includes") is not null) section.Take("includes");
        if (section.PeekText("excludes") == "*")
        {
            section.Take("excludes");
            members.Clear();
        }
        members.ExceptWith(Checked(section.Texts("excludes"), section, cube));
        section.Finish();
        return members;
    }

    private static IEnumerable<string> Checked(IReadOnlyList<string> names, YamlSection section, Cube cube) => names.Select(name =>
        cube.Find(name) is not null ? name : throw new ModelException(section.Place, $"An access policy names '{name}', which '{cube.Name}' does not have."));

    private static List<PolicyFilter>? ReadRows(YamlSection section, Cube cube)
    {
        var all = section.Flag("allow_all", false);
        var filters = section.Sections("filters", $"a row filter of '{cube.Name}'").Select(filter => ReadFilter(filter, cube)).ToList();
        section.Finish();
        if (all == filters.Count > 0) throw new ModelException(section.Place, $"row_level of '{cube.Name}' needs either 'filters' or 'allow_all: true'.");
        return all ? null : filters;
    }

    private static PolicyFilter ReadFilter(YamlSection section, Cube cube)
    {
        foreach (var key in (string[])["or", "and"])
        {
            if (!section.Has(key)) continue;
            var inner = section.Sections(key, $"a row filter of '{cube.Name}'").Select(filter => ReadFilter(filter, cube)).ToList();
            section.Finish();
            return new PolicyGroup(key == "and", inner);
        }
        var operatorPlace = section.PlaceOfKey("operator");
        var operation = section.RequiredText("operator");
        if (!FilterOperators.All.Contains(operation) || operation == "measureFilter") throw new ModelException(operatorPlace, $"Operator '{operation}' is not known.");
        var memberPlace = section.PlaceOfKey("member");
        var member = section.RequiredText("member").Trim('{', '}', ' ');
        if (member.StartsWith("CUBE.", StringComparison.Ordinal)) member = member[5..];
        List<PolicyValue> values = section.PeekText("values") is not null
            ? [ReadValue(section.Text("values")!, section.Place)]
            : [.. section.Texts("values").Select(value => ReadValue(value, section.Place))];
        if (values.Count == 0 && FilterOperators.NeedsValues(operation)) throw new ModelException(section.Place, $"The row filter on '{member}' of '{cube.Name}' has no values.");
        section.Finish();
        return new PolicyMemberFilter(member, operation, values, memberPlace);
    }

    private static PolicyValue ReadValue(string text, SourcePlace place)
    {
        if (Claim().Match(text) is { Success: true } match) return new PolicyValue(null, new ClaimPath(match.Groups[1].Value.Split('.')));
        return text.Contains('{')
            ? throw new ModelException(place, $"The value '{text}' is a program, which Floe's engine does not run; write a fixed value or {{ securityContext.claim }}.")
            : new PolicyValue(text, null);
    }

    [GeneratedRegex(@"^\s*\{\s*(!?)\s*(?:securityContext|security_context)\.([A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)*)\s*\}\s*\z")]
    private static partial Regex Condition();

    [GeneratedRegex(@"^\s*\{\s*(?:securityContext|security_context)\.([A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)*)\s*\}\s*\z")]
    private static partial Regex Claim();
}
