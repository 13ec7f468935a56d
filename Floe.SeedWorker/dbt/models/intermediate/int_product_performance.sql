-- One row per product, also those that never sold. Lines of cancelled orders are not sales.
select
    products.product_id,
    count(distinct items.order_id) as order_count,
    cast(coalesce(sum(items.quantity), 0) as bigint) as units_sold,
    cast(coalesce(sum(items.subtotal), 0) as decimal(18, 2)) as revenue,
    cast(coalesce(sum(items.discount), 0) as decimal(18, 2)) as discount_given,
    min(items.unit_price) as lowest_price,
    max(items.unit_price) as highest_price,
    min(items.order_date) as first_sale,
    max(items.order_date) as last_sale
from {{ ref('stg_products') }} as products
left join {{ ref('int_order_items_enriched') }} as items
    on items.product_id = products.product_id and items.order_status <> 'cancelled'
group by products.product_id
