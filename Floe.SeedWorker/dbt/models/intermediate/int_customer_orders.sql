{{ config(materialized='incremental', incremental_strategy='merge', unique_key='customer_id') }}
-- One row per customer, also those who never ordered. Cancelled orders count as orders and bring no revenue.
with customers as (
    {% if is_incremental() %}
    select customer_id from {{ ref('stg_orders') }}
    union
    select customer_id from {{ source('arrivals', 'customers') }}
    {% else %}
    select customer_id from {{ ref('stg_customers') }}
    {% endif %}
),

parts as (
    select customer_id, total_orders, completed_orders, cancelled_orders, open_orders, total_revenue, units, first_order, last_order
    from {{ ref('int_customer_history') }}
    where customer_id in (select customer_id from customers)
    union all
    select
        customer_id,
        count(order_id),
        count(order_id) filter (where status = 'delivered'),
        count(order_id) filter (where status = 'cancelled'),
        count(order_id) filter (where status in ('pending', 'processing', 'shipped')),
        sum(total_amount) filter (where status <> 'cancelled'),
        sum(unit_count) filter (where status <> 'cancelled'),
        min(order_date),
        max(order_date)
    from {{ ref('int_orders_enriched') }}
    where order_date >= (select max(settled_until) from {{ ref('int_customer_history') }}) and customer_id in (select customer_id from customers)
    group by customer_id
)

select
    customer_id,
    cast(sum(total_orders) as bigint) as total_orders,
    cast(sum(completed_orders) as bigint) as completed_orders,
    cast(sum(cancelled_orders) as bigint) as cancelled_orders,
    cast(sum(open_orders) as bigint) as open_orders,
    cast(coalesce(sum(total_revenue), 0) as decimal(18, 2)) as total_revenue,
    cast(coalesce(sum(units), 0) as bigint) as units,
    min(first_order) as first_order,
    max(last_order) as last_order
from parts
group by customer_id
