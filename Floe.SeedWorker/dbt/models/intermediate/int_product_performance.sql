{{ config(materialized='incremental', incremental_strategy='merge', unique_key='product_id') }}
-- One row per product, also those that never sold. Lines of cancelled orders are not sales.
with products as (
    select product_id
    from {{ ref('stg_products') }}
    {% if is_incremental() %}
    where product_id in (
        select product_id from {{ ref('stg_order_items') }}
        union
        select product_id from {{ source('arrivals', 'products') }}
    )
    {% endif %}
),

-- The months of these products first: most products have nothing new.
sales as (
    select
        product_id,
        sum(order_count) as order_count,
        sum(units_sold) as units_sold,
        sum(revenue) as revenue,
        sum(discount_given) as discount_given,
        min(lowest_price) as lowest_price,
        max(highest_price) as highest_price,
        min(first_sale) as first_sale,
        max(last_sale) as last_sale
    from {{ ref('int_product_months') }}
    where product_id in (select product_id from products)
    group by product_id
)

select
    products.product_id,
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
