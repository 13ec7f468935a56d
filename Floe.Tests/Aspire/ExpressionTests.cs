using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace Floe.Tests.Aspire;

public class ExpressionTests
{
    [Fact]
    public async Task Literals_braces_and_values_come_together()
    {
        var builder = SampleApplication.CreateBuilder();
        var password = builder.AddParameter("password", "p;{w}", secret: true);
        var expression = ReferenceExpression.Create($"{{literal}};Password={password};Encoded={password:uri}");
        Assert.Equal("{literal};Password=p;{w};Encoded=p%3B%7Bw%7D", await expression.GetValueAsync(default));
        Assert.Equal("{literal};Password={password.value};Encoded={password.value}", expression.ValueExpression);
    }

    [Fact]
    public async Task Expressions_nest()
    {
        var builder = SampleApplication.CreateBuilder();
        var inner = ReferenceExpression.Create($"user={builder.AddParameter("user", "floe")}");
        var outer = ReferenceExpression.Create($"{inner};db=x");
        Assert.Equal("user=floe;db=x", await outer.GetValueAsync(default));
        Assert.Equal("user={user.value};db=x", outer.ValueExpression);
    }

    [Fact]
    public void An_endpoint_has_a_placeholder_per_property()
    {
        var builder = SampleApplication.CreateBuilder();
        var s3 = builder.AddContainer("minio", "example.test/minio").WithHttpEndpoint(targetPort: 9000, name: "s3").GetEndpoint("s3");
        Assert.Equal("{minio.bindings.s3.url}", s3.ValueExpression);
        Assert.Equal("{minio.bindings.s3.host}:{minio.bindings.s3.port}", ReferenceExpression.Create($"{s3.Property(EndpointProperty.Host)}:{s3.Property(EndpointProperty.Port)}").ValueExpression);
    }

    [Fact]
    public async Task A_consumer_on_the_container_network_sees_another_address()
    {
        var builder = SampleApplication.CreateBuilder();
        var minio = builder.AddContainer("minio", "example.test/minio").WithHttpEndpoint(targetPort: 9000, name: "s3");
        var endpoint = minio.GetEndpoint("s3");
        endpoint.EndpointAnnotation.AllocatedEndpoint = new AllocatedEndpoint(endpoint.EndpointAnnotation, "localhost", 41234);
        var polaris = builder.AddContainer("polaris", "example.test/polaris");
        var worker = builder.AddExecutable("worker", "sh", ".");
        IValueProvider url = endpoint;
        Assert.Equal("http://minio.dev.internal:9000", await url.GetValueAsync(new ValueProviderContext { Caller = polaris.Resource }));
        Assert.Equal("http://localhost:41234", await url.GetValueAsync(new ValueProviderContext { Caller = worker.Resource }));
        Assert.Equal("http://localhost:41234", endpoint.Url);
    }

    [Fact]
    public void An_endpoint_that_nobody_declared_is_named_in_the_error()
    {
        var builder = SampleApplication.CreateBuilder();
        var endpoint = builder.AddContainer("minio", "example.test/minio").GetEndpoint("s3");
        Assert.False(endpoint.Exists);
        Assert.Contains("`s3`", Assert.Throws<InvalidOperationException>(() => endpoint.Url).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_chooses()
    {
        var builder = SampleApplication.CreateBuilder();
        var mode = builder.AddParameter("mode", "Embedded");
        var expression = ReferenceExpression.CreateConditional(mode.Resource, "embedded", ReferenceExpression.Create($"local"), ReferenceExpression.Create($"remote"));
        Assert.Equal("local", await expression.GetValueAsync(default));
    }
}
