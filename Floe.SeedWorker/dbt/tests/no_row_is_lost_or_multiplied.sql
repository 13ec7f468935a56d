-- Every key of a raw table is in the model that stands for it, once.
with counts as (
    select 'orders' as what,
        (select count(distinct order_id) from {{ source('bronze', 'orders') }}) as expected,
        (select count(*) from {{ ref('int_orders_enriched') }}) as found
    union all
    select 'order_items',
        (select count(distinct order_item_id) from {{ source('bronze', 'order_items') }}),
        (select count(*) from {{ ref('int_order_items_enriched') }})
    union all
    select 'customers',
        (select count(distinct customer_id) from {{ source('bronze', 'customers') }}),
        (select count(*) from {{ ref('mart_customer_segments') }})
    union all
    select 'products',
        (select count(distinct product_id) from {{ source('bronze', 'products') }}),
        (select count(*) from {{ ref('mart_product_analytics') }})
    union all
    select 'orders by day',
        (select count(*) from {{ ref('stg_orders') }}),
        (select coalesce(sum(order_count), 0) from {{ ref('mart_revenue') }})
)

select * from counts where expected <> found
