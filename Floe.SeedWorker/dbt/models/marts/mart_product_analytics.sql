-- One row per product with ranks by revenue and a tier: the best fifth, the better half, the worst fifth. Products that never sold are
-- in the ranking, so that a tier does not depend on how many there are.
with ranked as (
    select
        products.product_id,
        products.name,
        products.category,
        products.price as current_price,
        sales.order_count,
        sales.units_sold,
        sales.revenue,
        sales.first_sale,
        sales.last_sale,
        rank() over (order by sales.revenue desc) as revenue_rank,
        rank() over (partition by products.category order by sales.revenue desc) as category_revenue_rank,
        percent_rank() over (order by sales.revenue) as percentile
    from {{ ref('stg_products') }} as products
    inner join {{ ref('int_product_performance') }} as sales on sales.product_id = products.product_id
)

select
    product_id,
    name,
    category,
    current_price,
    order_count,
    units_sold,
    revenue,
    cast(revenue / nullif(units_sold, 0) as decimal(18, 4)) as average_selling_price,
    first_sale,
    last_sale,
    revenue_rank,
    category_revenue_rank,
    case
        when revenue = 0 then 'no_sales'
        when percentile >= 0.8 then 'top_performer'
        when percentile >= 0.5 then 'good_performer'
        when percentile >= 0.2 then 'average'
        else 'underperformer'
    end as performance_tier
from ranked
