namespace Aspire.Hosting;

/// <summary>An AppHost that cannot start says so in one sentence and ends with exit code 1, without a stack trace.</summary>
internal static class FatalErrors
{
    private static int _installed;

    public static void ReportInOneSentence()
    {
        if (Interlocked.Exchange(ref _installed, 1) == 0) AppDomain.CurrentDomain.UnhandledException += Report;
    }

    private static void Report(object sender, UnhandledExceptionEventArgs e)
    {
        var exception = e.ExceptionObject as Exception;
        if (exception is AggregateException { InnerExceptions.Count: 1 } single) exception = single.InnerException;
        if (exception is not DistributedApplicationException) return;
        Console.Error.WriteLine($"error: {exception.Message}");
        Console.Error.Flush();
        Environment.Exit(1);
    }
}
