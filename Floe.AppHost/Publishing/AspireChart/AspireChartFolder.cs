namespace Floe.AppHost.Publishing.AspireChart;

/// <summary>Puts the chart that Aspire writes into the output folder into a folder of its own, beside Floe's files, and gives its images their tags.</summary>
internal static class AspireChartFolder
{
    private const string Folder = "aspire";

    // The keyword by which Aspire's charts are known.
    private const string Mark = "- \"aspire\"";

    /// <summary>Moves the chart.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="images">Projects and the images that they run as in a cluster.</param>
    /// <returns>The chart's folder.</returns>
    /// <exception cref="DistributedApplicationException">There is no chart, or a foreign one in its place.</exception>
    public static string Arrange(string output, IEnumerable<(string Resource, string Image)> images)
    {
        var folder = Path.Combine(output, Folder);
        if (!File.Exists(Path.Combine(output, "Chart.yaml")))
            throw new DistributedApplicationException($"Aspire wrote no Chart.yaml into '{output}'.");
        if (File.Exists(Path.Combine(folder, "Chart.yaml")) && !File.ReadAllText(Path.Combine(folder, "Chart.yaml")).Contains(Mark, StringComparison.Ordinal))
            throw new DistributedApplicationException($"'{folder}' holds a chart that was not published from here; choose another folder with --output-path.");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        foreach (var file in (string[])["Chart.yaml", "values.yaml"])
            File.Move(Path.Combine(output, file), Path.Combine(folder, file));
        Directory.Move(Path.Combine(output, "templates"), Path.Combine(folder, "templates"));
        NameImages(Path.Combine(folder, "values.yaml"), images);
        return folder;
    }

    // Aspire names every image of a project latest, which no cluster should be given.
    private static void NameImages(string file, IEnumerable<(string Resource, string Image)> images)
    {
        var values = File.ReadAllText(file);
        foreach (var (resource, image) in images)
        {
            var written = $"_image: \"{resource.ToLowerInvariant()}:latest\"";
            if (!values.Contains(written, StringComparison.Ordinal))
                throw new DistributedApplicationException($"'{file}' does not name the image of '{resource}' in the way Aspire 13.5 does ({written}); Floe's repairs fit that version.");
            values = values.Replace(written, $"_image: \"{image}\"", StringComparison.Ordinal);
        }
        File.WriteAllText(file, values);
    }
}
