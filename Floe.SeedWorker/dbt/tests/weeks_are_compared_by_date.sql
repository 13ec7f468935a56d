-- Every day of every region is there once, has what the mart has for it, and beside it what the mart has for the day seven days before.
with mistakes as (
    select now.order_day
    from {{ ref('mart_revenue_week_over_week') }} as now
    left join {{ ref('mart_revenue') }} as that on that.order_day = now.order_day and that.region = now.region
    left join {{ ref('mart_revenue') }} as before on before.order_day = now.order_day - 7 and before.region = now.region
    where now.revenue <> coalesce(that.revenue, 0) or now.order_count <> coalesce(that.order_count, 0)
        or (now.revenue_week_before is null) <> (now.order_day - 7 < (select min(order_day) from {{ ref('mart_revenue') }}))
        or now.revenue_week_before <> coalesce(before.revenue, 0) or now.order_count_week_before <> coalesce(before.order_count, 0)
),

sums as (
    select
        (select count(*) from {{ ref('mart_revenue_week_over_week') }}) as days,
        (select count(distinct region) * coalesce(max(order_day) - min(order_day) + 1, 0) from {{ ref('mart_revenue') }}) as expected_days,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue_week_over_week') }}) as revenue,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue') }}) as expected_revenue
)

select 'a day' as what from mistakes
union all
select 'the sums' from sums where days <> expected_days or revenue <> expected_revenue
