using System.Text.Json.Nodes;
using Floe.CubeProxy.Model;

namespace Floe.Tests.Cube;

/// <summary>
/// Joins are found as Cube finds them: what the join graph of Cube 1.7.43 gives for random models and random ways through them
/// (Recordings/joins), root, order and repeated rows included. Where Cube joins one cube twice, which no SQL can, the first join counts.
/// </summary>
public sealed class JoinGraphTests
{
    [Fact]
    public void Finds_what_Cube_finds()
    {
        var folder = Directory.CreateTempSubdirectory("floe-joins-").FullName;
        try
        {
            var cases = 0;
            foreach (var graph in JsonNode.Parse(File.ReadAllText(Path.Combine(RecordedShop.Folder, "joins", "graphs.json")))!.AsArray())
            {
                File.WriteAllText(Path.Combine(folder, "graph.yml"), graph!["model"]!.GetValue<string>());
                var model = ModelFolder.Read(folder);
                foreach (var recorded in graph["cases"]!.AsArray())
                {
                    Compare(model, recorded!.AsObject());
                    cases++;
                }
            }
            Assert.True(cases > 100);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Compare(SemanticModel model, JsonObject recorded)
    {
        var hints = recorded["hints"]!.AsArray().Select(hint => (IReadOnlyList<CubeProxy.Model.Cube>)[.. hint!.AsArray().Select(name => model.Find(name!.GetValue<string>())!)]).ToList();
        var tree = model.Joins.Find(hints);
        if (recorded.ContainsKey("error"))
        {
            Assert.True(tree is null, recorded.ToJsonString());
            return;
        }
        var expected = recorded["joins"]!.AsArray().Select(join => join!.GetValue<string>()).DistinctBy(join => join[(join.IndexOf('>') + 1)..]).Where(join => !join.EndsWith($">{recorded["root"]}", StringComparison.Ordinal)).ToList();
        Assert.True(tree is not null, recorded.ToJsonString());
        Assert.Equal((recorded.ToJsonString(), recorded["root"]!.GetValue<string>(), string.Join(' ', expected)),
            (recorded.ToJsonString(), tree.Root.Name, string.Join(' ', tree.Joins.Select(join => $"{join.From.Name}>{join.Target.Name}"))));
        if (expected.Count < recorded["joins"]!.AsArray().Count) return;
        Assert.Equal(recorded["multiplied"]!.AsArray().Select(name => name!.GetValue<string>()), tree.Cubes.Where(tree.Multiplies).Select(cube => cube.Name).Order(StringComparer.Ordinal));
    }
}
