{{ config(materialized='incremental', incremental_strategy='merge', unique_key='customer_id') }}
-- One row per customer with segment and churn risk. The first rule that holds decides. A run takes up the customers of whom something arrived, and
-- those for whom another day has passed since their last order.
with {% if is_incremental() %}changed as (
    select customer_id from {{ source('arrivals', 'customers') }}
    union
    select customer_id from {{ ref('stg_orders') }}
    union
    select customer_id
    from {{ this }}
    where days_since_last_order is distinct from
        case when last_order is not null then cast(greatest(0, (epoch_us({{ var('as_of') }}) - epoch_us(last_order)) // 86400000000) as integer) end
),

{% endif %}customers as (
    select
        customers.customer_id,
        customers.name,
        customers.email,
        customers.region,
        customers.created_at,
        orders.total_orders,
        orders.completed_orders,
        orders.cancelled_orders,
        orders.total_revenue,
        orders.first_order,
        orders.last_order,
        greatest(0, (epoch_us({{ var('as_of') }}) - epoch_us(orders.last_order)) // 86400000000) as days_since_last_order
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('int_customer_orders') }} as orders on orders.customer_id = customers.customer_id
    {% if is_incremental() %}
    where customers.customer_id in (select customer_id from changed) and orders.customer_id in (select customer_id from changed)
    {% endif %}
)

select
    customer_id,
    name,
    email,
    region,
    created_at,
    total_orders,
    completed_orders,
    cancelled_orders,
    total_revenue,
    cast(total_revenue / nullif(total_orders - cancelled_orders, 0) as decimal(18, 4)) as average_order_value,
    first_order,
    last_order,
    cast(case when last_order is not null then days_since_last_order end as integer) as days_since_last_order,
    case
        when total_orders = 0 then 'never_ordered'
        when total_revenue >= {{ var('vip_revenue') }} and completed_orders >= {{ var('vip_orders') }} then 'vip'
        when total_revenue >= {{ var('loyal_revenue') }} or completed_orders >= {{ var('loyal_orders') }} then 'loyal'
        when completed_orders >= 1 then 'active'
        else 'new'
    end as segment,
    case
        when last_order is null then 'unknown'
        when days_since_last_order > {{ var('churn_high_days') }} then 'high'
        when days_since_last_order > {{ var('churn_medium_days') }} then 'medium'
        else 'low'
    end as churn_risk
from customers
