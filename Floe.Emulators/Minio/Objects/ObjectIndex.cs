namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// The objects of a bucket by key, in the order of UTF-8 bytes. A sorted array: lookups and pages are binary searches, an insertion moves
/// eight bytes per later object, which stays far below the cost of the write it belongs to up to millions of objects.
/// </summary>
internal sealed class ObjectIndex
{
    private readonly Lock _gate = new();
    private StoredObject[] _items = new StoredObject[16];
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    public StoredObject? Find(ObjectKey key)
    {
        lock (_gate)
        {
            var at = LowerBound(key.Text);
            return at < _count && _items[at].Key == key ? _items[at] : null;
        }
    }

    /// <summary>Puts an object in; returns the one that it replaces.</summary>
    public StoredObject? Put(StoredObject stored)
    {
        lock (_gate)
        {
            var at = LowerBound(stored.Key.Text);
            if (at < _count && _items[at].Key == stored.Key)
            {
                var previous = _items[at];
                _items[at] = stored;
                return previous;
            }
            if (_count == _items.Length)
                Array.Resize(ref _items, _count * 2);
            Array.Copy(_items, at, _items, at + 1, _count - at);
            _items[at] = stored;
            _count++;
            return null;
        }
    }

    public void Remove(ObjectKey key)
    {
        lock (_gate)
        {
            var at = LowerBound(key.Text);
            if (at >= _count || _items[at].Key != key)
                return;
            _count--;
            Array.Copy(_items, at + 1, _items, at, _count - at);
            _items[_count] = null!;
        }
    }

    /// <summary>Fills an empty index with objects in any order.</summary>
    public void Load(List<StoredObject> objects)
    {
        objects.Sort((a, b) => a.Key.CompareTo(b.Key));
        lock (_gate)
        {
            _items = [.. objects, .. new StoredObject[16]];
            _count = objects.Count;
        }
    }

    /// <summary>
    /// Walks the keys with a prefix from a start key on, under the index's lock. The visitor answers from which key to go on
    /// (null: the next one), or ends the walk with <see cref="Walk.End"/>.
    /// </summary>
    public void Visit(string prefix, string after, Func<StoredObject, Walk> visitor)
    {
        lock (_gate)
        {
            var at = ObjectKey.Compare(prefix, after) > 0 ? LowerBound(prefix) : UpperBound(after);
            while (at < _count && _items[at].Key.Text.StartsWith(prefix, StringComparison.Ordinal))
            {
                var next = visitor(_items[at]);
                if (next == Walk.End)
                    return;
                at = next.PastPrefix is { } group ? PastPrefix(at, group) : at + 1;
            }
        }
    }

    /// <summary>The first position whose key is not below the given one.</summary>
    private int LowerBound(string key) => Position(key, pastEqual: false);

    /// <summary>The first position whose key is above the given one.</summary>
    private int UpperBound(string key) => Position(key, pastEqual: true);

    private int Position(string key, bool pastEqual)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = ObjectKey.Compare(_items[middle].Key.Text, key);
            if (order < 0 || (pastEqual && order == 0))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Keys with a common prefix lie together, so their end can be searched too.</summary>
    private int PastPrefix(int from, string prefix)
    {
        var (low, high) = (from, _count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_items[middle].Key.Text.StartsWith(prefix, StringComparison.Ordinal))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
