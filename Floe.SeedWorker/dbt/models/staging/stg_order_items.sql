-- One row per line of the orders that the run is about: the latest version. A missing discount is what the subtotal lacks of quantity x unit_price.
-- No line is older than its order (a test), so that older files are not read.
select
    order_item_id,
    order_id,
    product_id,
    quantity,
    unit_price,
    cast(coalesce(discount, quantity * unit_price - subtotal) as decimal(12, 2)) as discount,
    subtotal,
    make_timestamp(epoch_us(updated_at)) as updated_at
from {{ source('bronze', 'order_items') }}
where order_id in (select order_id from {{ ref('touched_orders') }})
    and updated_at >= (select to_timestamp(floor(epoch(min(earliest_date)))) from {{ ref('stg_orders') }})
qualify row_number() over (partition by order_item_id order by updated_at desc, subtotal, quantity, discount nulls last) = 1
