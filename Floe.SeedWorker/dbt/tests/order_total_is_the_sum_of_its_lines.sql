select orders.order_id, orders.total_amount, sum(items.subtotal) as sum_of_lines
from {{ ref('stg_orders') }} as orders
left join {{ ref('stg_order_items') }} as items on items.order_id = orders.order_id
group by orders.order_id, orders.total_amount
having orders.total_amount <> coalesce(sum(items.subtotal), 0)
