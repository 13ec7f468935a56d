{{ config(materialized='incremental', incremental_strategy='merge', unique_key='order_id', incremental_predicates=["DBT_INTERNAL_DEST.order_date >= (select min(earliest_date) from stg_orders)"], meta={'iceberg_sort': 'order_date'}) }}
-- One row per order (of a run: of those that it is about), with its customer's region and the size of its basket.
with baskets as (
    select
        order_id,
        count(*) as item_count,
        sum(quantity) as unit_count
    from {{ ref('stg_order_items') }}
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    coalesce(customers.region, 'unknown') as region,
    orders.status,
    orders.order_date,
    orders.shipped_date,
    orders.total_amount,
    cast(coalesce(baskets.item_count, 0) as integer) as item_count,
    cast(coalesce(baskets.unit_count, 0) as bigint) as unit_count,
    orders.updated_at
from {{ ref('stg_orders') }} as orders
left join {{ ref('stg_customers') }} as customers on customers.customer_id = orders.customer_id
left join baskets on baskets.order_id = orders.order_id
