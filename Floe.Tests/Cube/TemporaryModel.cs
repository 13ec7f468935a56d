namespace Floe.Tests.Cube;

/// <summary>The recorded model with more beside it, in a folder of its own, over the recorded data.</summary>
internal sealed class TemporaryModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-model-").FullName;

    /// <param name="yaml">A further file of the model.</param>
    /// <param name="change">What to change in the recorded files: file name and text to new text.</param>
    public TemporaryModel(string yaml, Func<string, string, string>? change = null)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(RecordedShop.Folder, "model")))
        {
            var name = Path.GetFileName(path);
            var text = File.ReadAllText(path);
            File.WriteAllText(Path.Combine(_folder, name), change?.Invoke(name, text) ?? text);
        }
        File.WriteAllText(Path.Combine(_folder, "zz_more.yml"), yaml);
    }

    public async Task<RunningCube> StartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var cube = await RunningCube.StartAsync(_folder, Path.Combine(RecordedShop.Folder, "data"), RecordedShop.Clock, settings);
        return await cube.WhenReadyAsync();
    }

    public void Dispose() => Directory.Delete(_folder, true);
}
