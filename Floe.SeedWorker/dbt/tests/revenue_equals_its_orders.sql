-- The revenue mart, the orders and the lines must give the same sum to the cent: a fan-out or a lost row shows here.
with sums as (
    select
        (select coalesce(sum(revenue), 0) from {{ ref('mart_revenue') }}) as mart,
        (select coalesce(sum(total_amount), 0) from {{ ref('stg_orders') }} where status <> 'cancelled') as orders,
        (select coalesce(sum(revenue), 0) from {{ ref('mart_product_analytics') }}) as products,
        (select coalesce(sum(total_revenue), 0) from {{ ref('mart_customer_segments') }}) as customers
)

select * from sums where mart <> orders or products <> orders or customers <> orders
