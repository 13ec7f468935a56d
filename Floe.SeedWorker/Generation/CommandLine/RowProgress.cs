using System.Globalization;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>
/// Shows how far the work is: a bar that is drawn over and over on a terminal, a line at every tenth elsewhere. Rows may be reported by several
/// threads at once.
/// </summary>
internal sealed class RowProgress(TextWriter output, bool terminal, long expected, TimeProvider time) : IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);

    private readonly long _started = time.GetTimestamp();
    private readonly Lock _drawing = new();
    private long _rows;
    private long _drawn;
    private int _tenth;

    /// <summary>Rows so far.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>So many rows more.</summary>
    public void Add(int rows)
    {
        var sum = Interlocked.Add(ref _rows, rows);
        // Of several threads one draws, the others go on.
        if (!Due(sum) || !_drawing.TryEnter())
            return;
        try
        {
            if (Due(sum))
                Draw(sum);
        }
        finally
        {
            _drawing.Exit();
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (terminal)
            output.Write("\r\e[K");
    }

    private bool Due(long rows) => terminal
        ? time.GetElapsedTime(Volatile.Read(ref _drawn)) >= s_redraw
        : Tenth(rows) > Volatile.Read(ref _tenth);

    private void Draw(long rows)
    {
        Volatile.Write(ref _drawn, time.GetTimestamp());
        Volatile.Write(ref _tenth, Tenth(rows));
        var seconds = Math.Max(time.GetElapsedTime(_started).TotalSeconds, 0.001);
        var share = Share(rows);
        var text = string.Create(CultureInfo.InvariantCulture, $"{share,4:0 %}  {rows:N0} of about {expected:N0} rows, {rows / seconds:N0} a second");
        if (terminal)
        {
            var full = (int)(share * Width);
            output.Write($"\r[{new string('#', full)}{new string('-', Width - full)}] {text}{Left(share, seconds)}\e[K");
        }
        else
        {
            output.WriteLine(text);
        }
    }

    private static string Left(double share, double seconds) =>
        share < 0.02 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(seconds / share - seconds):0} s left");

    private int Tenth(long rows) => (int)(Share(rows) * 10);

    private double Share(long rows) => Math.Min(1, (double)rows / Math.Max(1, expected));
}
