-- All that was stored has been converted: billers find the heads, and readers the ledger.

do $$
begin
  if exists (
    select from series
     where not exists (select from converted_heads where converted_heads.series_id = series.series_id)
  ) then
    raise exception 'a series is not converted: its measurements would be lost';
  end if;
end
$$;

alter table converted_heads rename to series_heads;
alter index converted_heads_pkey rename to series_heads_pkey;
alter table series_heads rename constraint converted_heads_series_id_fkey to series_heads_series_id_fkey;

delete from settings where key = 'conversion';

drop table measurement_rows;
drop table hourly_cost_rows;

alter table series
  drop column last_time,
  drop column last_value,
  drop column open_peak_time,
  drop column open_peak_value,
  drop column open_drop_time;

create view hourly_costs as
select series_id,
       day::timestamp at time zone 'UTC' + (hours.position - 1) * interval '1 hour' as hour,
       hours.usage,
       coalesce(hours.credits, 0) as credits
  from daily_costs
 cross join lateral unnest(daily_costs.usage, daily_costs.credits) with ordinality
         as hours (usage, credits, position)
 where hours.usage is not null
union all
select series_id, date_trunc('hour', last_time, 'UTC'), hour_usage, hour_credits
  from series_heads
 where hour_usage <> 0;
comment on view hourly_costs is 'the ledger: usage and credits of a series in the UTC hour that begins at hour';
