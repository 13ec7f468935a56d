-- No customer without a segment; that none is there twice is what unique says of the mart.
select customers.customer_id
from {{ ref('stg_customers') }} as customers
left join {{ ref('mart_customer_segments') }} as segments on segments.customer_id = customers.customer_id
where segments.segment is null
