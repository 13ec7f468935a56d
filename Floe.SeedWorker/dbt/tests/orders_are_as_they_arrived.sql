-- The orders that the run is about, as their latest raw versions have them: amount and status of the model are those of such a version.
with since as (
    select to_timestamp(floor(epoch(min(earliest_date)))) as moment from {{ ref('stg_orders') }}
)

select orders.order_id
from {{ ref('int_orders_enriched') }} as orders
inner join (
    select order_id, max(updated_at) as updated_at
    from {{ source('bronze', 'orders') }}
    where order_id in (select order_id from {{ ref('touched_orders') }}) and order_date >= (select moment from since)
    group by order_id
) as latest on latest.order_id = orders.order_id
where orders.order_date >= (select min(earliest_date) from {{ ref('stg_orders') }}) and not exists (
    select 1
    from {{ source('bronze', 'orders') }} as raw
    where raw.order_date >= (select moment from since) and raw.order_id = latest.order_id and raw.updated_at = latest.updated_at
        and raw.total_amount = orders.total_amount and lower(trim(raw.status)) = orders.status
)
