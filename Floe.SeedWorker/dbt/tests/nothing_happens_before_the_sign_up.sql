select orders.order_id
from {{ ref('stg_orders') }} as orders
inner join {{ ref('stg_customers') }} as customers on customers.customer_id = orders.customer_id
where orders.order_date < customers.created_at
