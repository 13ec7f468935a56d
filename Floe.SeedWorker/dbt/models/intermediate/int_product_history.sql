{{ config(materialized='incremental', incremental_strategy='merge', unique_key='product_id') }}
-- What each product sold in settled orders, cancelled ones left out; also products that never sold. A run sums up those again of which it has a settled
-- order, all of them when the moment has moved.
with products as (
    select product_id
    from {{ ref('stg_products') }}
    {% if is_incremental() %}
    where product_id in (
        select product_id from {{ source('arrivals', 'products') }}
        union
        select items.product_id
        from {{ ref('stg_order_items') }} as items
        inner join {{ ref('stg_orders') }} as orders on orders.order_id = items.order_id
        where orders.earliest_date < (select until from {{ ref('settled') }})
    ) or not exists (select 1 from {{ this }} where settled_until = (select until from {{ ref('settled') }}))
    {% endif %}
),

sales as (
    select
        product_id,
        count(distinct order_id) as order_count,
        sum(quantity) as units_sold,
        sum(subtotal) as revenue,
        sum(discount) as discount_given,
        min(unit_price) as lowest_price,
        max(unit_price) as highest_price,
        min(order_date) as first_sale,
        max(order_date) as last_sale
    from {{ ref('int_order_items_enriched') }}
    where order_status <> 'cancelled' and order_date < (select until from {{ ref('settled') }}) and product_id in (select product_id from products)
    group by product_id
)

select
    products.product_id,
    (select until from {{ ref('settled') }}) as settled_until,
    cast(coalesce(sales.order_count, 0) as bigint) as order_count,
    cast(coalesce(sales.units_sold, 0) as bigint) as units_sold,
    cast(coalesce(sales.revenue, 0) as decimal(18, 2)) as revenue,
    cast(coalesce(sales.discount_given, 0) as decimal(18, 2)) as discount_given,
    sales.lowest_price,
    sales.highest_price,
    sales.first_sale,
    sales.last_sale
from products
left join sales on sales.product_id = products.product_id
