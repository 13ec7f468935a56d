namespace Floe.SeedWorker.Transform.Templates;

/// <summary>A piece of a model's template.</summary>
/// <param name="Line">Line where it starts, from 1.</param>
/// <param name="Lines">Line breaks inside it; they are kept, so that lines of the SQL are lines of the file.</param>
internal abstract record TemplateNode(int Line, int Lines);

/// <summary>SQL as written.</summary>
internal sealed record TextNode(int Line, string Text) : TemplateNode(Line, 0);

/// <summary><c>{{ ... }}</c></summary>
internal sealed record OutputNode(int Line, int Lines, Expression Value) : TemplateNode(Line, Lines);

/// <summary><c>{# ... #}</c></summary>
internal sealed record CommentNode(int Line, int Lines) : TemplateNode(Line, Lines);

/// <summary><c>{% if [not] is_incremental() %} ... {% else %} ... {% endif %}</c></summary>
internal sealed record IncrementalNode(int Line, bool Negated, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode(Line, 0);

/// <summary>An expression inside a tag.</summary>
internal abstract record Expression(int Line);

/// <summary>A text, number, truth value, null or list.</summary>
internal sealed record LiteralExpression(int Line, object? Value) : Expression(Line);

/// <summary>A name, <c>this</c>.</summary>
internal sealed record NameExpression(int Line, string Name) : Expression(Line);

/// <summary>A call, <c>ref('x')</c>, <c>config(materialized='table')</c>.</summary>
internal sealed record CallExpression(int Line, string Function, IReadOnlyList<object?> Arguments, IReadOnlyDictionary<string, object?> Named) : Expression(Line);
