-- Orders are settled when nothing new is to be expected of them. What they come to is summed up once (int_customer_history, int_product_history), so that a
-- run reads the younger ones alone. Nothing depends on orders not changing any more: one that does is summed up again. The moment moves once a month,
-- and the first run after that sums up everything before it anew.
select cast(date_trunc('month', {{ var('as_of') }} - to_days({{ var('settled_days') }})) as timestamp) as until
