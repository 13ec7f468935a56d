{{ config(materialized='incremental', incremental_strategy='merge', unique_key='product_id', meta={'iceberg_namespace': 'silver'}) }}
-- One row per product: the latest version, trimmed, times in UTC without zone.
select
    product_id,
    trim(name) as name,
    trim(category) as category,
    price,
    make_timestamp(epoch_us(created_at)) as created_at,
    make_timestamp(epoch_us(updated_at)) as updated_at
from {{ source('bronze', 'products') }}
{% if is_incremental() %}
where product_id in (select product_id from {{ source('arrivals', 'products') }})
{% endif %}
qualify row_number() over (partition by product_id order by updated_at desc, name, category, price) = 1
