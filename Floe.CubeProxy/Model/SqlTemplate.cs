using System.Text;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Model;

/// <summary>SQL text of the model with its references; parsed once, bound to the model when all cubes are known.</summary>
public sealed partial class SqlTemplate
{
    private IReadOnlyList<SqlPart> _parts;

    private SqlTemplate(IReadOnlyList<SqlPart> parts, SourcePlace place, string text)
    {
        _parts = parts;
        Place = place;
        Text = text;
    }

    public SourcePlace Place { get; }

    /// <summary>As written in the model.</summary>
    public string Text { get; }

    /// <summary>As Cube shows it: a JavaScript template.</summary>
    public string JavaScript => $"`{FilterParams().Replace(Text.Replace("`", "\\`"), "FILTER_PARAMS.$1.$2.filter(\"$3$4\")").Replace("{", "${")}`";

    public IReadOnlyList<SqlPart> Parts => _parts;

    /// <summary>Set when the text is nothing but a column name (<c>sql: status</c>): it then belongs to the cube's own table.</summary>
    public string? BareColumn => _parts is [SqlPart.Literal { Sql: var sql }] && IsIdentifier(sql.Trim()) ? sql.Trim() : null;

    /// <summary>Set when the text is nothing but one reference to a member.</summary>
    public Member? SingleMember => _parts is [SqlPart.MemberReference reference] ? reference.Member : null;

    public IEnumerable<Member> Members => _parts.OfType<SqlPart.MemberReference>().Select(part => part.Member);

    /// <summary>This text for use inside another one: a bare column is tied to the cube's table.</summary>
    internal SqlTemplate Qualified => BareColumn is { } column ? Parse($"{{CUBE}}.\"{column}\"", Place) : this;

    internal static SqlTemplate Parse(string text, SourcePlace place)
    {
        text = text.Trim();
        var parts = new List<SqlPart>();
        var literal = new StringBuilder();
        var line = place.Line;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    line++;
                    literal.Append('\n');
                    break;
                case '\\' when i + 1 < text.Length && text[i + 1] is '{' or '}':
                    literal.Append(text[++i]);
                    break;
                case '{':
                    var here = place with { Line = line };
                    var end = text.IndexOf('}', i);
                    if (end < 0) throw new ModelException(here, "'{' has no closing '}'; write \\{ for a brace that is not a reference.");
                    if (literal is [.., '$']) throw new ModelException(here, "'${…}' is JavaScript; YAML models write {CUBE} and {member}.");
                    var path = text[(i + 1)..end].Trim();
                    if (literal.Length > 0) parts.Add(new SqlPart.Literal(literal.ToString()));
                    literal.Clear();
                    parts.Add(ReadReference(path, here));
                    i = end;
                    break;
                default:
                    literal.Append(text[i]);
                    break;
            }
        }
        if (literal.Length > 0) parts.Add(new SqlPart.Literal(literal.ToString()));
        if (parts.Count == 0) throw new ModelException(place, "The SQL text is empty.");
        return new SqlTemplate(parts, place, text);
    }

    internal static SqlTemplate Literal(string sql, SourcePlace place) => new([new SqlPart.Literal(sql)], place, sql);

    internal static SqlTemplate Reference(Member member, SourcePlace place) => new([new SqlPart.MemberReference(member, [])], place, $"{{{member.FullName}}}");

    internal static SqlTemplate Concat(IReadOnlyList<SqlTemplate> templates) =>
        new([.. templates.SelectMany(template => template._parts)], templates[0].Place, string.Concat(templates.Select(template => template.Text)));

    internal void Bind(Func<SqlPart, SqlPart> resolve) => _parts = [.. _parts.Select(resolve)];

    internal static bool IsIdentifier(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static SqlPart ReadReference(string path, SourcePlace place)
    {
        if (path.StartsWith("FILTER_PARAMS", StringComparison.Ordinal) || path.StartsWith("FILTER_GROUP", StringComparison.Ordinal))
        {
            if (!FilterParamsAlone().IsMatch(path))
                throw new ModelException(place, $"'{{{path}}}' is not a form that Floe's engine knows; write {{FILTER_PARAMS.Cube.dimension.filter('column')}}, or FILTER_GROUP of several; functions (lambda) are programs, which it does not run.");
            return new SqlPart.UnboundFilterParams([.. FilterParams().Matches(path).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value + match.Groups[4].Value))], place);
        }
        var parts = path.Split('.');
        if (parts[0] is "SECURITY_CONTEXT" or "SQL_UTILS" or "COMPILE_CONTEXT")
            throw new ModelException(place, $"'{{{parts[0]}}}' is a Cube feature that Floe's engine does not support; remove it (access_policy limits rows by the token's claims) or serve this model with a Cube container.");
        if (!parts.All(IsIdentifier))
            throw new ModelException(place, $"'{{{path}}}' is not a reference; write {{CUBE}}, {{member}}, {{Cube.member}} or {{Cube.OtherCube.member}}, and \\{{ for a brace of your own.");
        return new SqlPart.Unbound(path, place);
    }

    private const string FilterParamsPattern = @"FILTER_PARAMS\.(\w+)\.(\w+)\.filter\(\s*(?:'([^']*)'|""([^""]*)"")\s*\)";

    [GeneratedRegex(FilterParamsPattern)]
    private static partial Regex FilterParams();

    [GeneratedRegex("^(" + FilterParamsPattern + @"|FILTER_GROUP\(\s*" + FilterParamsPattern + @"(\s*,\s*" + FilterParamsPattern + @")*\s*\))\z")]
    private static partial Regex FilterParamsAlone();
}
