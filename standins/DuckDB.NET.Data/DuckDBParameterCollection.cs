using System.Collections;
using System.Data.Common;

namespace DuckDB.NET.Data;

/// <summary>The parameters of a command, in the order in which unnamed ones are bound.</summary>
public class DuckDBParameterCollection : DbParameterCollection
{
    private readonly List<DuckDBParameter> parameters = [];

    public override int Count => parameters.Count;

    public override object SyncRoot => ((ICollection)parameters).SyncRoot;

    public new DuckDBParameter this[int index]
    {
        get => parameters[index];
        set => parameters[index] = value;
    }

    public new DuckDBParameter this[string parameterName]
    {
        get => parameters[Find(parameterName)];
        set => parameters[Find(parameterName)] = value;
    }

    public int Add(DuckDBParameter value)
    {
        parameters.Add(value);
        return parameters.Count - 1;
    }

    public override int Add(object value) => Add(Own(value));

    public void AddRange(IEnumerable<DuckDBParameter> values) => parameters.AddRange(values);

    public override void AddRange(Array values)
    {
        foreach (var value in values)
            Add(value!);
    }

    public override void Clear() => parameters.Clear();

    public bool Contains(DuckDBParameter value) => parameters.Contains(value);

    public override bool Contains(object value) => value is DuckDBParameter parameter && Contains(parameter);

    public override bool Contains(string value) => IndexOf(value) >= 0;

    public void CopyTo(DuckDBParameter[] array, int index) => parameters.CopyTo(array, index);

    public override void CopyTo(Array array, int index) => ((ICollection)parameters).CopyTo(array, index);

    public override IEnumerator GetEnumerator() => parameters.GetEnumerator();

    public int IndexOf(DuckDBParameter value) => parameters.IndexOf(value);

    public override int IndexOf(object value) => value is DuckDBParameter parameter ? IndexOf(parameter) : -1;

    public override int IndexOf(string parameterName) =>
        parameters.FindIndex(parameter => parameter.ParameterName.Equals(parameterName, StringComparison.OrdinalIgnoreCase));

    public void Insert(int index, DuckDBParameter value) => parameters.Insert(index, value);

    public override void Insert(int index, object value) => Insert(index, Own(value));

    public void Remove(DuckDBParameter value) => parameters.Remove(value);

    public override void Remove(object value) => Remove(Own(value));

    public override void RemoveAt(int index) => parameters.RemoveAt(index);

    public override void RemoveAt(string parameterName) => parameters.RemoveAt(Find(parameterName));

    protected override DbParameter GetParameter(int index) => parameters[index];

    protected override DbParameter GetParameter(string parameterName) => parameters[Find(parameterName)];

    protected override void SetParameter(int index, DbParameter value) => parameters[index] = Own(value);

    protected override void SetParameter(string parameterName, DbParameter value) => parameters[Find(parameterName)] = Own(value);

    private static DuckDBParameter Own(object value) => value as DuckDBParameter
        ?? throw new InvalidCastException($"A {value?.GetType().Name ?? "null"} is no DuckDBParameter; wrap the value: new DuckDBParameter(value).");

    private int Find(string parameterName) => IndexOf(parameterName) is >= 0 and var index ? index
        : throw new ArgumentException($"There is no parameter named '{parameterName}'.", nameof(parameterName));
}
