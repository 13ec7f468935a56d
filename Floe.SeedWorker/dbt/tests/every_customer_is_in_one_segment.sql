-- As many rows as customers, none twice, none without a segment.
select customers.customer_id, count(segments.segment) as segments
from {{ ref('stg_customers') }} as customers
left join {{ ref('mart_customer_segments') }} as segments on segments.customer_id = customers.customer_id
group by customers.customer_id
having count(segments.segment) <> 1
