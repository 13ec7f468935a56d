{{ config(meta={'iceberg_sort': 'order_day'}) }}
-- Each day (UTC) and region beside the same weekday a week before. By the calendar, not by rows: every day from the first to the last is here for every
-- region, one without orders with zeros, so that no comparison slips to another day. The first week has nothing to be compared with.
with days as (
    select unnest(generate_series(min(order_day), max(order_day), interval 1 day)) as day from {{ ref('mart_revenue') }}
),

calendar as (
    select cast(days.day as date) as order_day, regions.region, revenue.order_count, revenue.revenue
    from days
    cross join (select distinct region from {{ ref('mart_revenue') }}) as regions
    left join {{ ref('mart_revenue') }} as revenue on revenue.order_day = cast(days.day as date) and revenue.region = regions.region
)

select
    now.order_day,
    now.region,
    coalesce(now.order_count, 0) as order_count,
    case when before.order_day is not null then coalesce(before.order_count, 0) end as order_count_week_before,
    cast(coalesce(now.revenue, 0) as decimal(18, 2)) as revenue,
    cast(case when before.order_day is not null then coalesce(before.revenue, 0) end as decimal(18, 2)) as revenue_week_before,
    cast(case when before.order_day is not null then coalesce(now.revenue, 0) - coalesce(before.revenue, 0) end as decimal(18, 2)) as revenue_change,
    -- Of the week before: 0.25 is a quarter more. None where there was no revenue.
    cast((coalesce(now.revenue, 0) - before.revenue) / nullif(before.revenue, 0) as decimal(18, 4)) as revenue_growth
from calendar as now
left join calendar as before on before.order_day = now.order_day - 7 and before.region = now.region
