{{ config(materialized='incremental', incremental_strategy='merge', unique_key='customer_id') }}
-- What each customer's settled orders come to; also customers without any. A run sums up those again of whom it has a settled order, all of them when
-- the moment has moved.
with customers as (
    select customer_id
    from {{ ref('stg_customers') }}
    {% if is_incremental() %}
    where customer_id in (
        select customer_id from {{ source('arrivals', 'customers') }}
        union
        select customer_id from {{ ref('stg_orders') }} where earliest_date < (select until from {{ ref('settled') }})
    ) or not exists (select 1 from {{ this }} where settled_until = (select until from {{ ref('settled') }}))
    {% endif %}
)

select
    customers.customer_id,
    (select until from {{ ref('settled') }}) as settled_until,
    count(orders.order_id) as total_orders,
    count(orders.order_id) filter (where orders.status = 'delivered') as completed_orders,
    count(orders.order_id) filter (where orders.status = 'cancelled') as cancelled_orders,
    count(orders.order_id) filter (where orders.status in ('pending', 'processing', 'shipped')) as open_orders,
    cast(coalesce(sum(orders.total_amount) filter (where orders.status <> 'cancelled'), 0) as decimal(18, 2)) as total_revenue,
    cast(coalesce(sum(orders.unit_count) filter (where orders.status <> 'cancelled'), 0) as bigint) as units,
    min(orders.order_date) as first_order,
    max(orders.order_date) as last_order
from customers
left join (
    select * from {{ ref('int_orders_enriched') }}
    where order_date < (select until from {{ ref('settled') }}) and customer_id in (select customer_id from customers)
) as orders on orders.customer_id = customers.customer_id
group by customers.customer_id
