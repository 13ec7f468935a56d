using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.SqlApi;
using Floe.CubeProxy.SqlApi.Sessions;

namespace Floe.CubeProxy.Upstream;

/// <summary>
/// Observes the statements of a session that is passed on to Cube, by the types of the messages of both directions: a span <c>cube.sql</c> and a measurement for
/// each query and each failure. Nothing is held up, and of a statement's text only the trace that it names is kept.
/// </summary>
internal sealed class PassedStatements(QueryRecord record, TimeProvider clock)
{
    // Statements and portals whose trace is known; clients with more have them traced without it.
    private const int MostNames = 1000;

    // What is read of an answer: a command's tag, an error up to its code.
    private const int LongestHead = 128;
    private const int HeaderLength = 5;

    private readonly object _gate = new();
    private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _portals = new(StringComparer.Ordinal);
    private readonly Queue<Sent> _sent = new();

    private readonly byte[] _head = new byte[HeaderLength + LongestHead];
    private int _headLength;
    private int _bodyLeft;

    /// <summary>A message of the client, before it is passed on.</summary>
    public void OnSent(byte type, ReadOnlyMemory<byte> body)
    {
        switch ((char)type)
        {
            case 'Q':
                Add(type, TraceIn(body.Span, start: 0));
                break;
            case 'P':
                Add(type, Name(_statements, Text(body.Span, 0), TraceIn(body.Span, End(body.Span, 0))));
                break;
            case 'B':
                Add(type, Name(_portals, Text(body.Span, 0), _statements.GetValueOrDefault(Text(body.Span, End(body.Span, 0)))));
                break;
            case 'E':
                Add(type, _portals.GetValueOrDefault(Text(body.Span, 0)));
                break;
            case 'S':
                Add(type, null);
                break;
            case 'C' when body.Span is [(byte)'S', ..]:
                _statements.Remove(Text(body.Span, 1));
                break;
        }
    }

    /// <summary>A piece of Cube's answers, wherever its messages begin and end.</summary>
    public void OnReceived(ReadOnlySpan<byte> piece)
    {
        while (piece.Length > 0)
        {
            if (_headLength < HeaderLength)
            {
                Take(ref piece, HeaderLength - _headLength, isKept: true);
                if (_headLength < HeaderLength) return;
                _bodyLeft = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4;
            }
            else
            {
                var kept = Math.Min(_bodyLeft, _head.Length - _headLength);
                _bodyLeft -= kept > 0 ? Take(ref piece, kept, isKept: true) : Take(ref piece, _bodyLeft, isKept: false);
            }
            if (_bodyLeft > 0) continue;
            OnMessage((char)_head[0], _head.AsSpan(HeaderLength, _headLength - HeaderLength));
            _headLength = 0;
        }
    }

    /// <summary>The session is over: what has no answer never gets one.</summary>
    public void End()
    {
        lock (_gate)
            while (_sent.TryDequeue(out var left))
                if (left.Type is 'Q' or 'E') Ended(left, operation: null, rows: null, state: "disconnected");
    }

    // Answers come in the order of what was asked. After an error the server passes over everything up to the next Sync.
    private void OnMessage(char type, ReadOnlySpan<byte> head)
    {
        if (type is not ('1' or '2' or 'C' or 'I' or 's' or 'E' or 'Z')) return;
        lock (_gate)
        {
            if (!_sent.TryPeek(out var first)) return;
            switch (type)
            {
                case 'Z':
                    while (_sent.TryDequeue(out var passed) && passed.Type is not ('S' or 'Q')) { }
                    break;
                case 'E' when first.Type != 'S':
                    Ended(first, operation: null, rows: null, State(head));
                    // What a simple query still says ends with Z.
                    if (first.Type != 'Q') _sent.Dequeue();
                    break;
                case '1' when first.Type == 'P':
                case '2' when first.Type == 'B':
                case 'I' or 's' when first.Type == 'E':
                    _sent.Dequeue();
                    break;
                case 'C' when first.Type is 'E' or 'Q':
                    Ended(first, head);
                    if (first.Type == 'E') _sent.Dequeue();
                    break;
            }
        }
    }

    // A tag: SELECT 5, SET, BEGIN. What is no query is no trace.
    private void Ended(Sent sent, ReadOnlySpan<byte> tag)
    {
        var text = Encoding.ASCII.GetString(tag).TrimEnd('\0');
        if (text.StartsWith("SELECT", StringComparison.Ordinal))
            Ended(sent, "SELECT", long.TryParse(text.AsSpan(6), CultureInfo.InvariantCulture, out var rows) ? rows : null, state: null);
    }

    private void Ended(Sent sent, string? operation, long? rows, string? state)
    {
        ActivityContext.TryParse(sent.TraceParent, null, isRemote: true, out var parent);
        using var span = CubeTelemetry.Source.StartActivity(ActivityKind.Server, parent, startTime: sent.At, name: "cube.sql");
        span?.SetTag("db.system.name", "postgresql").SetTag("db.operation.name", operation).SetTag("cube.row_count", rows).SetTag("db.response.status_code", state);
        if (state is null)
        {
            record.Answered(QueryRecord.Sql, subject: null, CubeTelemetry.Off, sent.Started);
        }
        else
        {
            span.FailedBy(state);
            record.Failed(QueryRecord.Sql, subject: null, state, sent.Started);
        }
    }

    private void Add(byte type, string? traceParent)
    {
        lock (_gate) _sent.Enqueue(new((char)type, traceParent, clock.GetUtcNow(), record.Start()));
    }

    private static string? Name(Dictionary<string, string> names, string name, string? traceParent)
    {
        names.Remove(name);
        if (traceParent is not null && names.Count < MostNames) names.Add(name, traceParent);
        return traceParent;
    }

    private static string? TraceIn(ReadOnlySpan<byte> body, int start) => StatementTrace.In(Text(body, start));

    private static string Text(ReadOnlySpan<byte> body, int start) => Encoding.UTF8.GetString(body[Math.Min(start, body.Length)..Math.Max(Math.Min(start, body.Length), End(body, start) - 1)]);

    /// <summary>Behind the zero byte of the text that begins at <paramref name="start"/>.</summary>
    private static int End(ReadOnlySpan<byte> body, int start) => start < body.Length && body[start..].IndexOf((byte)0) is >= 0 and var length ? start + length + 1 : body.Length + 1;

    // Fields of a letter and a text each; C is the SQLSTATE. Anything else in its place might be what the client sent.
    private static string State(ReadOnlySpan<byte> error)
    {
        for (var at = 0; at < error.Length && error[at] != 0; at = End(error, at + 1))
            if (error[at] == 'C' && Text(error, at + 1) is { Length: 5 } state && state.All(char.IsAsciiLetterOrDigit)) return state;
        return SqlStates.Internal;
    }

    private int Take(ref ReadOnlySpan<byte> piece, int count, bool isKept)
    {
        var taken = Math.Min(count, piece.Length);
        if (isKept)
        {
            piece[..taken].CopyTo(_head.AsSpan(_headLength));
            _headLength += taken;
        }
        piece = piece[taken..];
        return taken;
    }

    /// <param name="Type">Of the message: Q a simple query; P, B, E the parts of another; S Sync.</param>
    private readonly record struct Sent(char Type, string? TraceParent, DateTimeOffset At, long Started);
}
