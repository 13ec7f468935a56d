{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='order_month', meta={'iceberg_sort': 'order_month'}) }}
-- What each product sold in each month (UTC), without cancelled orders: a run takes up the months from its first order on, and sums over all months
-- stay cheap. An order is in one month, so that orders can be added up as well.
select
    cast(date_trunc('month', order_date) as date) as order_month,
    product_id,
    count(distinct order_id) as order_count,
    cast(sum(quantity) as bigint) as units_sold,
    cast(sum(subtotal) as decimal(18, 2)) as revenue,
    cast(sum(discount) as decimal(18, 2)) as discount_given,
    min(unit_price) as lowest_price,
    max(unit_price) as highest_price,
    min(order_date) as first_sale,
    max(order_date) as last_sale
from {{ ref('int_order_items_enriched') }}
where order_status <> 'cancelled'
{% if is_incremental() %}
    and order_date >= (select date_trunc('month', min(order_date)) from {{ ref('stg_orders') }})
{% endif %}
group by 1, 2
