using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Facts that are shown when the pipeline has ended, in the order they were added.</summary>
[Experimental("ASPIREPIPELINES001")]
public sealed class PipelineSummary
{
    private readonly Lock _gate = new();
    private readonly List<KeyValuePair<string, string>> _items = [];

    public IReadOnlyList<KeyValuePair<string, string>> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    public void Add(string key, string value)
    {
        lock (_gate)
        {
            _items.Add(new(key, value));
        }
    }
}
