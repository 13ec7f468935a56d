using System.Net;
using System.Text.Json.Nodes;
using Floe.CubeProxy.Model;

namespace Floe.Tests.Cube;

/// <summary><c>/v1/meta</c> of a model with all that a model can say to clients, against what Cube 1.7.43's own compiler makes of it (Recordings/meta).</summary>
public sealed class MetaTests : IAsyncLifetime
{
    private static readonly string _folder = Path.Combine(RecordedShop.Folder, "meta");

    private RunningCube _cube = null!;

    // No table of the model is there: what it says does not depend on data.
    public async Task InitializeAsync() => _cube = await RunningCube.StartAsync(Path.Combine(_folder, "model"), _folder, RecordedShop.Clock);

    public async Task DisposeAsync() => await _cube.DisposeAsync();

    [Theory]
    [InlineData("", "meta.json")]
    [InlineData("?extended", "meta-extended.json")]
    public async Task Says_what_Cube_says(string query, string recorded)
    {
        var (status, actual) = await _cube.SendAsync(HttpMethod.Get, $"/cubejs-api/v1/meta{query}", Tokens.Valid);
        Assert.Equal(HttpStatusCode.OK, status);
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, recorded)));
        Assert.Empty(JsonComparison.Differences(expected, actual));
    }

    [Fact]
    public async Task Shows_views_alone_when_asked()
    {
        var (_, actual) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta?onlyViews=true", Tokens.Valid);
        Assert.Equal(["overview"], actual!["cubes"]!.AsArray().Select(cube => cube!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void Leaves_nothing_out_of_the_log() =>
        Assert.Equal(["shop.yml:7: 'refresh_key' is not used by Floe's engine, cube 'Sales': data is refreshed by lakehouse snapshot instead."], ModelFolder.Read(Path.Combine(_folder, "model")).Notices);
}
