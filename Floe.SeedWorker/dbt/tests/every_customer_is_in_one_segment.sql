-- No customer without a segment; that none is there twice is what unique says of the mart.
select customer_id
from {{ ref('stg_customers') }}
where customer_id not in (select customer_id from {{ ref('mart_customer_segments') }} where segment is not null)
