using System.Globalization;

namespace Floe.CubeProxy.Planning;

/// <summary>Collects the values of a query and hands out their placeholders. The only way a request's value gets near SQL.</summary>
internal sealed class SqlParameters
{
    private readonly List<object> _values = [];
    private readonly Dictionary<object, int> _positions = [];

    public IReadOnlyList<object> Values => _values;

    public string Add(object value)
    {
        if (_positions.TryGetValue(value, out var known)) return Placeholder(known);
        _positions.Add(value, _values.Count);
        _values.Add(value);
        return Placeholder(_values.Count - 1);
    }

    private static string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");
}
