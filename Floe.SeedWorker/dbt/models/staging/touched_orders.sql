-- The orders that a run is about: those of which something arrived, of which a line did, or whose customer or product changed. Staging takes every
-- version and line of these from the raw tables, so that what arrives late, twice or in another order comes to the same end.
select order_id from {{ source('arrivals', 'orders') }}
union
select order_id from {{ source('arrivals', 'order_items') }}
union
select order_id from {{ source('bronze', 'orders') }} where customer_id in (select customer_id from {{ source('arrivals', 'customers') }})
union
select order_id from {{ source('bronze', 'order_items') }} where product_id in (select product_id from {{ source('arrivals', 'products') }})
