-- The marts by day, customer and product and the orders must give the same sum to the cent: a fan-out or a lost row shows here. The days that the run is
-- about are those of their orders; all days together, those of earlier runs with them, are all customers and all products.
with since as (
    select min(earliest_date) as moment from {{ ref('stg_orders') }}
),

sums as (
    select
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue') }} where order_day >= (select cast(moment as date) from since)) as new_days,
        (select coalesce(sum(total_amount), 0) from {{ ref('int_orders_enriched') }} where status <> 'cancelled' and order_date >= (select date_trunc('day', moment) from since)) as new_orders,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue') }}) as days,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_product_analytics') }}) as products,
        (select coalesce(sum(total_revenue), 0) from {{ ref('mart_customer_segments') }}) as customers
)

select * from sums where new_days <> new_orders or products <> days or customers <> days
