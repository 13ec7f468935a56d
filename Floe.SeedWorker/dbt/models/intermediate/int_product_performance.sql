-- One row per product, also those that never sold. Lines of cancelled orders are not sales.
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
from {{ ref('stg_products') }} as products
left join {{ ref('int_product_months') }} as months on months.product_id = products.product_id
group by products.product_id
