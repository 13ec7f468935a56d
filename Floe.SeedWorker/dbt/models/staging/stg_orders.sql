-- One row per order that the run is about: the latest version (of equally late ones always the same), times in UTC without zone. A missing shipped_date stays missing: it cannot be known.
select
    order_id,
    customer_id,
    lower(trim(status)) as status,
    total_amount,
    make_timestamp(epoch_us(order_date)) as order_date,
    -- Of all versions: nothing that was built of the order is older.
    make_timestamp(epoch_us(min(order_date) over (partition by order_id))) as earliest_date,
    make_timestamp(epoch_us(shipped_date)) as shipped_date,
    make_timestamp(epoch_us(updated_at)) as updated_at
from {{ source('bronze', 'orders') }}
where order_id in (select order_id from {{ ref('touched_orders') }})
qualify row_number() over (partition by order_id order by updated_at desc, status, total_amount, shipped_date nulls last) = 1
