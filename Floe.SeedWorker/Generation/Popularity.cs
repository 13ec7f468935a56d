namespace Floe.SeedWorker.Generation;

/// <summary>Skewed weights: a few rows get most of the demand (Zipf-Mandelbrot), and which ones does not depend on the row's number.</summary>
public static class Popularity
{
    /// <summary>Weights (rank + offset)^-1 with the ranks dealt to the rows by the random column.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="offset">Flattens the head: the larger, the less the first ranks stand out.</param>
    /// <param name="shuffle">Deals the ranks.</param>
    public static double[] Weights(int count, double offset, RandomColumn shuffle)
    {
        var keys = new ulong[count];
        var rows = new int[count];
        for (var row = 0; row < count; row++)
            (keys[row], rows[row]) = (shuffle[row], row);
        Array.Sort(keys, rows);

        var weights = new double[count];
        for (var rank = 0; rank < count; rank++)
            weights[rows[rank]] = 1 / (rank + 1 + offset);
        return weights;
    }
}
