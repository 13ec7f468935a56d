namespace Floe.CubeProxy.SqlApi;

/// <summary>The SQLSTATE codes that are sent, by PostgreSQL's names.</summary>
internal static class SqlStates
{
    public const string ProtocolViolation = "08P01";
    public const string FeatureNotSupported = "0A000";
    public const string InvalidText = "22P02";
    public const string InvalidBinary = "22P03";
    public const string NumericOutOfRange = "22003";
    public const string InvalidDatetime = "22007";
    public const string InvalidParameterValue = "22023";
    public const string InvalidLimit = "2201W";
    public const string DataException = "22000";
    public const string InFailedTransaction = "25P02";
    public const string InvalidStatementName = "26000";
    public const string InvalidPassword = "28P01";
    public const string InvalidAuthorization = "28000";
    public const string InvalidPortalName = "34000";
    public const string InvalidDatabase = "3D000";
    public const string SyntaxError = "42601";
    public const string InsufficientPrivilege = "42501";
    public const string AmbiguousColumn = "42702";
    public const string UndefinedColumn = "42703";
    public const string UndefinedObject = "42704";
    public const string GroupingError = "42803";
    public const string DatatypeMismatch = "42804";
    public const string UndefinedFunction = "42883";
    public const string UndefinedTable = "42P01";
    public const string UndefinedParameter = "42P02";
    public const string DuplicateStatement = "42P05";
    public const string DuplicateAlias = "42712";
    public const string InvalidColumnReference = "42P10";
    public const string OutOfMemory = "53200";
    public const string TooManyConnections = "53300";
    public const string ProgramLimit = "54000";
    public const string TooComplex = "54001";
    public const string Canceled = "57014";
    public const string AdminShutdown = "57P01";
    public const string CannotConnectNow = "57P03";
    public const string IdleTimeout = "57P05";
    public const string Internal = "XX000";
}
