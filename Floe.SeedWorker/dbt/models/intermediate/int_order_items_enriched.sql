{{ config(materialized='incremental', incremental_strategy='merge', unique_key='order_item_id', incremental_predicates=["DBT_INTERNAL_DEST.order_date >= (select min(earliest_date) from stg_orders)"], meta={'iceberg_sort': 'order_date'}) }}
-- One row per order line, with its product and its order's date and status.
select
    items.order_item_id,
    items.order_id,
    items.product_id,
    products.name as product_name,
    products.category,
    items.quantity,
    items.unit_price,
    items.discount,
    items.subtotal,
    products.price as current_price,
    cast(items.unit_price - products.price as decimal(12, 2)) as price_difference,
    orders.order_date,
    orders.status as order_status
from {{ ref('stg_order_items') }} as items
left join {{ ref('stg_products') }} as products on products.product_id = items.product_id
left join {{ ref('stg_orders') }} as orders on orders.order_id = items.order_id
