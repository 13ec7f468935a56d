using Floe.CubeProxy.Serving;
using Floe.CubeProxy.SqlApi;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>Settings of the SQL API: what breaks a rule is named with the rule, and no password is shown.</summary>
public sealed class SqlSettingsTests
{
    [Theory]
    [InlineData("CUBEJS_PG_SQL_PORT=x", "CUBEJS_PG_SQL_PORT is 'x'; it must be a number from 0 (any free port) to 65535.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0", "The SQL API has a port and no user; set CUBEJS_SQL_PASSWORD (user 'cube', or CUBEJS_SQL_USER), or CubeSql:Users:0:Name and :Password.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_USER=me", "CUBEJS_SQL_USER is set and CUBEJS_SQL_PASSWORD is not; set both.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_PASSWORD=pw,CubeSql:Users:0:Name=cube,CubeSql:Users:0:Password=pw", "CubeSql:Users:0:Name is 'cube', which is a user already; names are unique.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CubeSql:Users:0:Name=a,CubeSql:Users:0:Password=secretword,CubeSql:Users:0:Claims=[]", "CubeSql:Users:0:Claims is not a JSON object; write the claims as in a token: {\"role\":\"seller\",\"region\":\"North\"}.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_PASSWORD=pw,CubeSql:Conections=5", "CubeSql:Conections is not a setting; known are Address, Certificate, CertificateKey, Connections, IdleSeconds, SignInSeconds, Users.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_PASSWORD=pw,CubeSql:Connections=0", "CubeSql:Connections is '0'; it must be a number from 1 to 10000.")]
    [InlineData("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_PASSWORD=pw,CubeSql:Address=here", "CubeSql:Address is 'here'; it must be an IP address of this machine, or * for all.")]
    public void A_setting_that_breaks_a_rule_is_named(string settings, string sentence)
    {
        var error = Assert.Throws<ConfigurationException>(() => SqlApiSettings.Read(Configuration(settings), null, overLakehouse: false));
        Assert.Equal(sentence, error.Message);
        Assert.DoesNotContain("secretword", error.Message);
    }

    [Fact]
    public void Over_the_lakehouse_a_short_password_is_refused_and_not_shown()
    {
        var error = Assert.Throws<ConfigurationException>(() => SqlApiSettings.Read(Configuration("CUBEJS_PG_SQL_PORT=0,CUBEJS_SQL_PASSWORD=hunter2"), null, overLakehouse: true));
        Assert.StartsWith("CUBEJS_SQL_PASSWORD is too short", error.Message);
        Assert.DoesNotContain("hunter2", error.Message);
        Assert.Null(SqlApiSettings.Read(Configuration(""), null, overLakehouse: true));
        Assert.Equal(7, CubeServerOptions.Parse(["--sql-port", "7"]).SqlPort);
        Assert.Throws<ConfigurationException>(() => CubeServerOptions.Parse(["--sql-port", "70000"]));
    }

    private static IConfiguration Configuration(string settings) => new ConfigurationBuilder().AddInMemoryCollection(settings.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))).Build();
}
