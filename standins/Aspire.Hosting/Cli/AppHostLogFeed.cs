using System.Threading.Channels;
using Aspire.Hosting.Cli.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Cli;

/// <summary>The AppHost's own log for the CLI that started it; keeps the newest lines until the CLI reads them. Silent without a CLI.</summary>
internal sealed class AppHostLogFeed(CliSession session, TimeProvider clock) : ILoggerProvider
{
    private readonly Channel<AppHostLogEntry> _entries = Channel.CreateBounded<AppHostLogEntry>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>For one reader.</summary>
    public IAsyncEnumerable<AppHostLogEntry> ReadAllAsync(CancellationToken cancellationToken) => _entries.Reader.ReadAllAsync(cancellationToken);

    public ILogger CreateLogger(string categoryName) => session.MainSocketPath is null ? NullLogger.Instance : new FeedLogger(categoryName, _entries.Writer, clock);

    public void Dispose() => _entries.Writer.TryComplete();

    private sealed class FeedLogger(string category, ChannelWriter<AppHostLogEntry> entries, TimeProvider clock) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.TryWrite(new AppHostLogEntry(eventId, logLevel, formatter(state, exception), clock.GetUtcNow(), category));
    }
}
