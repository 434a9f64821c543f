-- The storage of a scrape: one row per series that it changes, with the open segment of samples and the
-- open hour; sealed segments; the ledger by days. What is stored so far keeps its rows under other names
-- until it has been converted (convert-storage.ts), which the next migration waits for. Billers find no
-- series_heads until then, and their messages wait on the queue.

-- Samples that come next are stored behind a series' last measurement, so that has to be the last that is
-- stored. Where it is not, nothing is changed, and the version before goes on.
do $$
declare
  wrong integer;
begin
  select series_id into wrong
    from series
    left join lateral (
           select time
             from measurements
            where measurements.series_id = series.series_id
            order by time desc
            limit 1
         ) as stored on true
   where last_time is distinct from greatest(stored.time, floor_time)
   limit 1;
  if wrong is not null then
    raise exception 'series % does not end with the last of its measurements; with the version before, npm run verify tells more and npm run discard mends it', wrong;
  end if;
end
$$;

alter table measurements rename to measurement_rows;
alter table hourly_costs rename to hourly_cost_rows;

create table converted_heads (
  series_id        integer primary key references series,
  last_time        timestamptz,
  last_value       numeric,
  hour_usage       numeric not null default 0,
  hour_credits     numeric not null default 0,
  open_peak_time   timestamptz,
  open_peak_value  numeric,
  open_drop_time   timestamptz,
  segment_from     timestamptz,
  segment_count    smallint not null default 0,
  segment_step_ms  bigint not null default 0,
  segment_decimals smallint not null default 0,
  segment          bytea not null default '',
  constraint series_heads_open_drop_check
    check (num_nulls(open_peak_time, open_peak_value, open_drop_time) in (0, 3)),
  constraint series_heads_segment_check
    check ((segment_count = 0) = (segment_from is null) and (segment_count = 0) = (segment = ''))
) with (fillfactor = 40);
comment on table converted_heads is 'what a scrape changes of a series; at fillfactor 40 nearly all of its updates stay on their page';
comment on column converted_heads.hour_usage is 'usage and credits so far of the open hour: the UTC hour of last_time, which is not in daily_costs yet';
comment on column converted_heads.open_peak_time is 'the measurement before a drop that is not decided yet; null where no drop is open';
comment on column converted_heads.segment is 'the samples since the last sealed segment, packed; see lib/segments/README.md';

-- No foreign key points to or from a hypertable: creating a chunk would lock the parent table.
create table segments (
  series_id  integer not null,
  from_time  timestamptz not null,
  until_time timestamptz not null,
  count      smallint not null check (count > 0),
  samples    bytea not null,
  primary key (series_id, from_time),
  check (from_time <= until_time)
);
comment on table segments is 'sealed samples of a series, packed; see lib/segments/README.md. Those of one series never overlap in time';

create table daily_costs (
  series_id integer not null,
  day       date not null,
  usage     numeric[] not null,
  credits   numeric[] not null,
  primary key (series_id, day),
  check (array_lower(usage, 1) = 1 and array_upper(usage, 1) = 24),
  check (array_lower(credits, 1) = 1 and array_upper(credits, 1) = 24)
);
comment on table daily_costs is 'the closed hours of the ledger: element 1 is the hour from 00:00 UTC; null: nothing was used';

create index series_rerated on series (series_id) where rerate_ids <> '{}';

-- Adds two days hour by hour; an hour that comes to nothing is null, as if it had never been.
create function add_hours(numeric[], numeric[]) returns numeric[]
  language sql immutable parallel safe
  as $$
  select array(
    select nullif(coalesce(one, 0) + coalesce(other, 0), 0)
      from unnest($1, $2) with ordinality as hours (one, other, position)
     order by position
  )
$$;

alter table corrections rename column hour to from_hour;
alter table corrections add column until_hour timestamptz;
update corrections set until_hour = from_hour;
alter table corrections alter column until_hour set not null;
alter table corrections add check (from_hour <= until_hour);
alter index corrections_series_id_hour_idx rename to corrections_series_id_from_hour_idx;
comment on column corrections.until_hour is 'the last hour of the stretch, within one UTC day; before and after are its sums';

-- Storage is all that differs between the databases that this schema runs on.
do $$
begin
  if exists (select from pg_available_extensions where name = 'timescaledb') then
    perform create_hypertable('segments', 'from_time', chunk_time_interval => interval '7 days', create_default_indexes => false);
    perform create_hypertable('daily_costs', 'day', chunk_time_interval => interval '90 days', create_default_indexes => false);
  end if;
end
$$;
