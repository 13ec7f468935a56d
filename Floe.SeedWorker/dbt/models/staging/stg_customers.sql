{{ config(materialized='incremental', incremental_strategy='merge', unique_key='customer_id', meta={'iceberg_namespace': 'silver'}) }}
-- One row per customer: the latest version, trimmed, times in UTC without zone.
select
    customer_id,
    trim(name) as name,
    nullif(lower(trim(email)), '') as email,
    upper(trim(region)) as region,
    make_timestamp(epoch_us(created_at)) as created_at,
    make_timestamp(epoch_us(updated_at)) as updated_at
from {{ source('bronze', 'customers') }}
{% if is_incremental() %}
where customer_id in (select customer_id from {{ source('arrivals', 'customers') }})
{% endif %}
qualify row_number() over (partition by customer_id order by updated_at desc, name, email nulls last, region) = 1
