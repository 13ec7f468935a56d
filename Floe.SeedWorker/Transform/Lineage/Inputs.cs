using System.Collections;

namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>Input columns with the strongest way in which each is taken.</summary>
internal sealed class Inputs : IEnumerable<KeyValuePair<InputColumn, Influence>>
{
    private readonly Dictionary<InputColumn, Influence> _all = [];

    public IReadOnlyDictionary<InputColumn, Influence> All => _all;

    public static Inputs Of(InputColumn column) => new() { { column, Influence.Identity } };

    public void Add(InputColumn column, Influence influence)
    {
        if (!_all.TryGetValue(column, out var known) || known < influence)
            _all[column] = influence;
    }

    /// <summary>Takes others over as they are in the expression that has them.</summary>
    /// <param name="inputs">The inputs of a part of it.</param>
    /// <param name="how">What the expression does with that part.</param>
    public void Add(IEnumerable<KeyValuePair<InputColumn, Influence>> inputs, Influence how)
    {
        foreach (var (column, influence) in inputs)
            Add(column, Through(influence, how));
    }

    /// <summary>What an input is in the whole, when it is <paramref name="inner"/> in a part and the part is <paramref name="outer"/>.</summary>
    public static Influence Through(Influence inner, Influence outer) => (inner, outer) switch
    {
        (_, < Influence.Transformation) => outer,
        ( < Influence.Transformation, _) => inner,
        (Influence.Aggregation, _) or (_, Influence.Aggregation) => Influence.Aggregation,
        (Influence.Identity, _) => outer,
        _ => Influence.Transformation,
    };

    public IEnumerator<KeyValuePair<InputColumn, Influence>> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
