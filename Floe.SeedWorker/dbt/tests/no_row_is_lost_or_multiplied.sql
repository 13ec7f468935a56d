-- Every key of a raw table that the run is about is in the model that stands for it, once; and the marts count what the models have. The first
-- date that the run is about keeps older files from being read: on the days before nothing was built, and all days together are those of the customers.
with counts as (
    select 'orders' as what,
        (select count(*) from {{ ref('touched_orders') }}) as expected,
        (select count(*) from {{ ref('int_orders_enriched') }} where order_date >= (select min(earliest_date) from {{ ref('stg_orders') }}) and order_id in (select order_id from {{ ref('touched_orders') }})) as found
    union all
    select 'order_items',
        (select count(*) from {{ ref('stg_order_items') }}),
        (select count(*) from {{ ref('int_order_items_enriched') }} where order_date >= (select min(earliest_date) from {{ ref('stg_orders') }}) and order_id in (select order_id from {{ ref('touched_orders') }}))
    union all
    select 'arrived order_items',
        (select count(distinct order_item_id) from {{ source('arrivals', 'order_items') }}),
        (select count(*) from {{ ref('int_order_items_enriched') }} where order_date >= (select min(earliest_date) from {{ ref('stg_orders') }}) and order_item_id in (select order_item_id from {{ source('arrivals', 'order_items') }}))
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
        (select count(*) from {{ ref('int_orders_enriched') }}),
        (select coalesce(sum(order_count), 0) from {{ ref('mart_revenue') }})
    union all
    select 'orders by customer',
        (select coalesce(sum(order_count), 0) from {{ ref('mart_revenue') }}),
        (select coalesce(sum(total_orders), 0) from {{ ref('mart_customer_segments') }})
)

select * from counts where expected <> found
