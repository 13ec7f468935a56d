using System.Globalization;

namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>A part of a statement that has a value.</summary>
/// <param name="Position">Where it begins, for messages.</param>
internal abstract record Expression(int Position)
{
    public virtual IEnumerable<Expression> Children => [];

    /// <summary>What tells this node from others with the same children.</summary>
    public abstract string Mark { get; }

    /// <summary>This expression and all in it.</summary>
    public IEnumerable<Expression> All => Children.SelectMany(child => child.All).Prepend(this);
}

/// <param name="Value">bool, long, decimal, double, string or null.</param>
internal sealed record Literal(object? Value, int Position) : Expression(Position)
{
    public override string Mark => string.Create(CultureInfo.InvariantCulture, $"{Value?.GetType().Name}:{Value}");
}

/// <param name="Number">From 1.</param>
internal sealed record Parameter(int Number, int Position) : Expression(Position)
{
    public override string Mark => string.Create(CultureInfo.InvariantCulture, $"${Number}");
}

internal sealed record Column(string? Qualifier, string Name, int Position) : Expression(Position)
{
    /// <summary>Set where the name alone would not tell: the column of a * by its place.</summary>
    public int? Ordinal { get; init; }

    public override string Mark => $"{Qualifier}.{Name}";

    public string Shown => Qualifier is null ? Name : $"{Qualifier}.{Name}";
}

/// <summary><c>*</c> or <c>t.*</c>.</summary>
internal sealed record Star(string? Qualifier, int Position) : Expression(Position)
{
    public override string Mark => $"{Qualifier}.*";
}

/// <param name="Name">Lower case.</param>
internal sealed record Call(string Name, IReadOnlyList<Expression> Arguments, bool IsDistinct, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => Arguments;
    public override string Mark => IsDistinct ? $"{Name} distinct" : Name;
    public bool IsStar => Arguments is [Star];
}

/// <param name="Operator">+ - or NOT.</param>
internal sealed record Unary(string Operator, Expression Operand, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand];
    public override string Mark => Operator;
}

/// <param name="Operator">= &lt;&gt; &lt; &lt;= &gt; &gt;= + - * / % ^ ||.</param>
internal sealed record Binary(string Operator, Expression Left, Expression Right, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Left, Right];
    public override string Mark => Operator;
}

/// <summary>Conditions combined; a list, so that a long one is not deep.</summary>
internal sealed record Logical(bool IsAnd, IReadOnlyList<Expression> Parts, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => Parts;
    public override string Mark => IsAnd ? "and" : "or";
}

internal sealed record Cast(Expression Operand, SqlType Type, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand];
    public override string Mark => Type.ToString();
}

internal sealed record Case(Expression? Operand, IReadOnlyList<(Expression When, Expression Then)> Branches, Expression? Else, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [.. Operand is null ? [] : new[] { Operand }, .. Branches.SelectMany(branch => new[] { branch.When, branch.Then }), .. Else is null ? [] : new[] { Else }];
    public override string Mark => $"case {Operand is null} {Branches.Count}";
}

internal sealed record InList(Expression Operand, IReadOnlyList<Expression> Items, bool IsNot, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand, .. Items];
    public override string Mark => IsNot ? "not in" : "in";
}

/// <summary><c>a = ANY(list)</c>; negated: <c>a &lt;&gt; ALL(list)</c>.</summary>
internal sealed record InArray(Expression Operand, Expression Array, bool IsNot, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand, Array];
    public override string Mark => IsNot ? "all" : "any";
}

internal sealed record ArrayOf(IReadOnlyList<Expression> Items, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => Items;
    public override string Mark => "array";
}

internal sealed record Between(Expression Operand, Expression From, Expression To, bool IsNot, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand, From, To];
    public override string Mark => IsNot ? "not between" : "between";
}

internal sealed record Like(Expression Operand, Expression Pattern, bool IgnoresCase, bool IsNot, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand, Pattern];
    public override string Mark => $"like {IgnoresCase} {IsNot}";
}

/// <param name="What">null, true or false.</param>
internal sealed record Is(Expression Operand, string What, bool IsNot, int Position) : Expression(Position)
{
    public override IEnumerable<Expression> Children => [Operand];
    public override string Mark => $"is {IsNot} {What}";
}

/// <summary><c>INTERVAL '7 days'</c>.</summary>
internal sealed record IntervalLiteral(Translation.IntervalValue Value, int Position) : Expression(Position)
{
    public override string Mark => Value.Text;
}
