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
)

select
    products.product_id,
    cast(coalesce(sum(months.order_count), 0) as bigint) as order_count,
    cast(coalesce(sum(months.units_sold), 0) as bigint) as units_sold,
    cast(coalesce(sum(months.revenue), 0) as decimal(18, 2)) as revenue,
    cast(coalesce(sum(months.discount_given), 0) as decimal(18, 2)) as discount_given,
    min(months.lowest_price) as lowest_price,
    max(months.highest_price) as highest_price,
    min(months.first_sale) as first_sale,
    max(months.last_sale) as last_sale
from products
left join {{ ref('int_product_months') }} as months on months.product_id = products.product_id
group by products.product_id
