-- The marts by day, customer and product and the orders must give the same sum to the cent: a fan-out or a lost row shows here.
with sums as (
    select
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue') }}) as days,
        (select coalesce(sum(total_amount), 0) from {{ ref('int_orders_enriched') }} where status <> 'cancelled') as orders,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_product_analytics') }}) as products,
        (select coalesce(sum(total_revenue), 0) from {{ ref('mart_customer_segments') }}) as customers
)

select * from sums where days <> orders or products <> orders or customers <> orders
