using System.Globalization;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>What SET and SHOW know. A setting that this API could not keep to is refused instead of being taken and forgotten.</summary>
internal sealed class SessionSettings
{
    // Those that clients are told about when they connect, and when they change.
    private static readonly string[] _reported = ["server_version", "server_encoding", "client_encoding", "application_name", "is_superuser", "session_authorization", "DateStyle", "IntervalStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings"];

    // Without effect here whatever they are: there are no locks, sequences, plans or writes to tune.
    private static readonly HashSet<string> _free = new(StringComparer.OrdinalIgnoreCase)
    {
        "application_name", "extra_float_digits", "client_min_messages", "search_path", "lock_timeout", "idle_in_transaction_session_timeout", "default_transaction_read_only", "default_transaction_isolation",
        "transaction_isolation", "transaction_read_only", "default_transaction_deferrable", "row_security", "jit", "cursor_tuple_fraction", "enable_seqscan", "work_mem", "synchronize_seqscans", "bytea_output", "geqo", "quote_all_identifiers",
        "max_parallel_workers_per_gather", "tcp_keepalives_idle", "synchronous_commit", "ssl_renegotiation_limit", "xmloption", "check_function_bodies", "default_table_access_method", "default_tablespace", "options",
    };

    private readonly Dictionary<string, string> _initial;
    private Dictionary<string, string> _values;

    public SessionSettings(string user)
    {
        _initial = new(StringComparer.OrdinalIgnoreCase)
        {
            ["server_version"] = "15.0 (Floe)", ["server_version_num"] = "150000", ["server_encoding"] = "UTF8", ["client_encoding"] = "UTF8", ["application_name"] = "", ["is_superuser"] = "off",
            ["session_authorization"] = user, ["DateStyle"] = "ISO, MDY", ["IntervalStyle"] = "postgres", ["TimeZone"] = "UTC", ["integer_datetimes"] = "on", ["standard_conforming_strings"] = "on",
            ["statement_timeout"] = "0", ["transaction_isolation"] = "read committed", ["search_path"] = "\"$user\", public", ["max_identifier_length"] = "63", ["extra_float_digits"] = "1",
            ["transaction_read_only"] = "on", ["default_transaction_read_only"] = "on", ["default_transaction_isolation"] = "read committed", ["lc_collate"] = "C", ["lc_ctype"] = "C",
        };
        _values = new(_initial, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>For each setting that clients keep track of.</summary>
    public IEnumerable<(string Name, string Value)> Reported => _reported.Select(name => (name, _values[name]));

    /// <summary>Zero: no limit but the engine's.</summary>
    public TimeSpan StatementTimeout { get; private set; }

    public IReadOnlyDictionary<string, string> All => _values;

    public string Show(string name) => _values.TryGetValue(name, out var value) ? value : throw Unknown(name);

    /// <summary>Null as value: back to what it was.</summary>
    /// <returns>The name to report to the client, when that is one it keeps track of.</returns>
    /// <exception cref="SqlError">There is no such setting, or it cannot be changed to that.</exception>
    public string? Set(string name, string? value)
    {
        var fits = name.ToLowerInvariant() switch
        {
            "client_encoding" or "names" => value is null || value.Replace("-", "").ToUpperInvariant() is "UTF8" or "UNICODE" or "SQL_ASCII" or "AUTO",
            // Numbers and dates are sent one way only, and times are UTC.
            "datestyle" => value is null || value.StartsWith("ISO", StringComparison.OrdinalIgnoreCase),
            "intervalstyle" => value is null || value.Equals("postgres", StringComparison.OrdinalIgnoreCase),
            "standard_conforming_strings" => value is null || value.ToLowerInvariant() is "on" or "true" or "1",
            "timezone" => value is null || value.ToUpperInvariant() is "UTC" or "ETC/UTC" or "GMT" or "Z" or "DEFAULT" or "LOCAL" or "0",
            "statement_timeout" => true,
            _ => _free.Contains(name) ? true : throw Unknown(name),
        };
        if (!fits)
            throw SqlError.Unsupported(name.Equals("timezone", StringComparison.OrdinalIgnoreCase) ? $"TimeZone can only be UTC here: times are stored and answered in UTC." : $"{name} cannot be set to this value here; it is {_values.GetValueOrDefault(name, "UTF8")}.");
        if (name.Equals("statement_timeout", StringComparison.OrdinalIgnoreCase)) StatementTimeout = Milliseconds(value ?? "0");
        if (name.ToLowerInvariant() is "client_encoding" or "names" or "datestyle" or "intervalstyle" or "standard_conforming_strings" or "timezone") return null;
        if (value is null && !_initial.ContainsKey(name)) _values.Remove(name);
        else _values[name] = value ?? _initial[name];
        return name.Equals("application_name", StringComparison.OrdinalIgnoreCase) ? "application_name" : null;
    }

    public void Reset()
    {
        _values = new(_initial, StringComparer.OrdinalIgnoreCase);
        StatementTimeout = TimeSpan.Zero;
    }

    private static TimeSpan Milliseconds(string text)
    {
        var digits = text.TrimEnd('m', 's', 'i', 'n', 'h', ' ');
        var unit = text[digits.Length..].Trim() switch { "" or "ms" => 1, "s" => 1_000, "min" => 60_000, "h" => 3_600_000, _ => 0 };
        return unit > 0 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue / unit
            ? TimeSpan.FromMilliseconds((double)number * unit)
            : throw new SqlError(SqlStates.InvalidParameterValue, "statement_timeout takes milliseconds, or a number with ms, s, min or h.");
    }

    private static SqlError Unknown(string name) => new(SqlStates.UndefinedObject, $"There is no setting '{(name.Length > 60 ? name[..60] : name)}'.");
}
