using System.Text;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>The SQL of a model or test; ephemeral models that it reads stand before it as common table expressions.</summary>
/// <param name="Sql">The SQL.</param>
/// <param name="Parts">The files that it is made of: after how many lines each begins, and which line of the file that is.</param>
internal sealed record CompiledQuery(string Sql, IReadOnlyList<(int After, string File, int Line)> Parts)
{
    /// <summary>Puts it together.</summary>
    /// <param name="sql">What reads them.</param>
    /// <param name="file">Where that is.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="inlined">Names and queries, each after those that it reads, with their files.</param>
    public static CompiledQuery Of(string sql, string file, int line, IReadOnlyList<(string Name, string Sql, string File)> inlined)
    {
        if (inlined.Count == 0)
            return new(sql, [(0, file, line)]);
        var text = new StringBuilder("with ");
        var parts = new List<(int, string, int)>();
        foreach (var model in inlined)
        {
            text.Append(parts.Count == 0 ? "" : "), ").Append(model.Name).Append(" as (\n");
            parts.Add((Lines(text), model.File, 1));
            text.Append(model.Sql).Append('\n');
        }

        // The query may begin with expressions of its own.
        text.Append(")\nselect * from (\n");
        parts.Add((Lines(text), file, line));
        return new(text.Append(sql).Append("\n)").ToString(), parts);
    }

    /// <summary>Where a line of the SQL, from 1, was written.</summary>
    public (string File, int Line) Place(int at)
    {
        var (after, file, line) = Parts.Last(p => p.After < Math.Max(1, at) || p.After == 0);
        return (file, Math.Max(1, line - 1 + at - after));
    }

    private static int Lines(StringBuilder text) => text.ToString().Count(c => c == '\n');
}
