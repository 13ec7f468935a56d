{{ config(materialized='incremental', incremental_strategy='merge', unique_key='product_id') }}
-- One row per product, also those that never sold. Lines of cancelled orders are not sales. An order is settled or it is not, so that the orders of both
-- parts can be added up.
with products as (
    {% if is_incremental() %}
    select product_id from {{ ref('stg_order_items') }}
    union
    select product_id from {{ source('arrivals', 'products') }}
    {% else %}
    select product_id from {{ ref('stg_products') }}
    {% endif %}
),

parts as (
    select product_id, order_count, units_sold, revenue, discount_given, lowest_price, highest_price, first_sale, last_sale
    from {{ ref('int_product_history') }}
    where product_id in (select product_id from products)
    union all
    select
        product_id,
        count(distinct order_id),
        sum(quantity),
        sum(subtotal),
        sum(discount),
        min(unit_price),
        max(unit_price),
        min(order_date),
        max(order_date)
    from {{ ref('int_order_items_enriched') }}
    where order_status <> 'cancelled' and order_date >= (select max(settled_until) from {{ ref('int_product_history') }}) and product_id in (select product_id from products)
    group by product_id
)

select
    product_id,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(units_sold) as bigint) as units_sold,
    cast(sum(revenue) as decimal(18, 2)) as revenue,
    cast(sum(discount_given) as decimal(18, 2)) as discount_given,
    min(lowest_price) as lowest_price,
    max(highest_price) as highest_price,
    min(first_sale) as first_sale,
    max(last_sale) as last_sale
from parts
group by product_id
