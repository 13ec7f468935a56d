{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='order_day', meta={'iceberg_sort': 'order_day'}) }}
-- Revenue by day (UTC) and region. Orders and customers count every order that was placed; revenue, units and the average leave out
-- cancelled ones. Averages come from sums and counts; a day of cancelled orders alone has none.
-- A run takes up the days from its first order on: the files of these are read, and no others.
with days as (
    select
        cast(order_date as date) as order_day,
        region,
        count(*) as order_count,
        count(*) filter (where status = 'cancelled') as cancelled_count,
        count(distinct customer_id) as customer_count,
        coalesce(sum(total_amount) filter (where status <> 'cancelled'), 0) as revenue,
        coalesce(sum(unit_count) filter (where status <> 'cancelled'), 0) as units
    from {{ ref('int_orders_enriched') }}
    {% if is_incremental() %}
    where order_date >= (select date_trunc('day', min(earliest_date)) from {{ ref('stg_orders') }})
    {% endif %}
    group by 1, 2
)

select
    order_day,
    region,
    order_count,
    cancelled_count,
    customer_count,
    cast(revenue as decimal(18, 2)) as revenue,
    cast(revenue / nullif(order_count - cancelled_count, 0) as decimal(18, 4)) as average_order_value,
    cast(units as bigint) as units
from days
order by order_day, region
