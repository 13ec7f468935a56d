using System.Text;

namespace Floe.CubeProxy.Model;

/// <summary>SQL text of the model with its references; parsed once, bound to the model when all cubes are known.</summary>
public sealed class SqlTemplate
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

    public IReadOnlyList<SqlPart> Parts => _parts;

    /// <summary>Set when the text is nothing but a column name (<c>sql: status</c>): it then belongs to the cube's own table.</summary>
    public string? BareColumn => _parts is [SqlPart.Literal { Sql: var sql }] && IsIdentifier(sql.Trim()) ? sql.Trim() : null;

    /// <summary>Set when the text is nothing but one reference to a member.</summary>
    public Member? SingleMember => _parts is [SqlPart.MemberReference reference] ? reference.Member : null;

    public IEnumerable<Member> Members => _parts.OfType<SqlPart.MemberReference>().Select(part => part.Member);

    public IEnumerable<Cube> Cubes => _parts.OfType<SqlPart.CubeAlias>().Select(part => part.Cube);

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
                    CheckPath(path, here);
                    if (literal.Length > 0) parts.Add(new SqlPart.Literal(literal.ToString()));
                    literal.Clear();
                    parts.Add(new SqlPart.Unbound(path, here));
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

    internal static SqlTemplate Reference(Member member, SourcePlace place) => new([new SqlPart.MemberReference(member)], place, $"{{{member.FullName}}}");

    internal static SqlTemplate Concat(IReadOnlyList<SqlTemplate> templates) =>
        new([.. templates.SelectMany(template => template._parts)], templates[0].Place, string.Concat(templates.Select(template => template.Text)));

    internal void Bind(Func<string, SourcePlace, SqlPart> resolve) =>
        _parts = [.. _parts.Select(part => part is SqlPart.Unbound unbound ? resolve(unbound.Path, unbound.Place) : part)];

    internal static bool IsIdentifier(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static void CheckPath(string path, SourcePlace place)
    {
        var parts = path.Split('.');
        if (parts[0] is "FILTER_PARAMS" or "SECURITY_CONTEXT" or "SQL_UTILS" or "COMPILE_CONTEXT" or "FILTER_GROUP")
            throw new ModelException(place, $"'{{{parts[0]}}}' is a Cube feature that Floe's engine does not support; remove it or serve this model with a Cube container.");
        if (parts.Length > 2)
            throw new ModelException(place, $"'{{{path}}}' is a join path, which Floe's engine does not support; refer to {{Cube}}, {{Cube.member}} or {{member}}.");
        if (!parts.All(IsIdentifier))
            throw new ModelException(place, $"'{{{path}}}' is not a reference; write {{CUBE}}, {{member}} or {{Cube.member}}, and \\{{ for a brace of your own.");
    }
}
