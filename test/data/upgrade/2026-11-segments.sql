-- 001-ledger.sql
-- Projects, their series, what was measured, and the hourly ledger that the bill is made of.

create table projects (
  project_id      integer generated always as identity primary key,
  project_name    text collate "C" not null unique,
  granted_credits numeric check (granted_credits >= 0),
  used_credits    numeric not null default 0,
  first_seen_at   timestamptz not null default now(),
  revision        bigint not null default 0
);
comment on column projects.granted_credits is 'null: not known yet';
comment on column projects.revision is 'grows with every booking, so that a reader can tell whether anything changed';

create table series (
  series_id       integer generated always as identity primary key,
  project_id      integer not null references projects,
  metric          text collate "C" not null,
  site            text collate "C" not null,
  resource        text collate "C" not null,
  first_time      timestamptz,
  last_time       timestamptz,
  last_value      numeric,
  open_peak_time  timestamptz,
  open_peak_value numeric,
  open_drop_time  timestamptz,
  unique (project_id, metric, site, resource),
  check ((open_peak_time is null) = (open_drop_time is null)),
  check ((open_peak_time is null) = (open_peak_value is null))
);
comment on table series is 'one counter: (project, metric, site, resource)';
comment on column series.open_peak_time is 'the measurement before a drop that is not decided yet; null where no drop is open';

-- No foreign key points to or from a hypertable: creating a chunk would lock the parent table.
create table measurements (
  series_id integer not null,
  time      timestamptz not null,
  value     numeric not null check (value >= 0),
  primary key (series_id, time)
);

create table hourly_costs (
  series_id integer not null,
  hour      timestamptz not null,
  usage     numeric not null,
  credits   numeric not null,
  primary key (series_id, hour)
);
comment on table hourly_costs is 'the ledger: usage and credits of a series in the UTC hour that begins at hour';

create table corrections (
  correction_id  bigint generated always as identity primary key,
  series_id      integer not null references series,
  hour           timestamptz not null,
  usage_before   numeric not null,
  usage_after    numeric not null,
  credits_before numeric not null,
  credits_after  numeric not null,
  reason         text not null,
  recorded_at    timestamptz not null default now()
);
comment on table corrections is 'append-only: every change of an hour that was billed before, and why';
create index on corrections (series_id, hour);

create table measurement_conflicts (
  series_id   integer not null references series,
  hour        timestamptz not null,
  time        timestamptz not null,
  kept        numeric not null,
  refused     numeric not null,
  count       bigint not null,
  recorded_at timestamptz not null default now(),
  primary key (series_id, hour)
);
comment on table measurement_conflicts is 'two values for one time: the lower counts; one row per series and hour, the latest conflict and how many there were';

create table tariffs (
  tariff_id     integer generated always as identity primary key,
  metric        text collate "C" not null,
  kind          text not null check (kind in ('counter', 'gauge', 'delta')),
  unit          text not null,
  dip_window_ms bigint check (dip_window_ms >= 0),
  max_gap_ms    bigint not null check (max_gap_ms > 0),
  credits       numeric not null check (credits >= 0),
  valid_from    timestamptz not null,
  recorded_at   timestamptz not null default now(),
  actor         text not null
);
comment on table tariffs is 'append-only; of two rows for one metric and instant the later one counts';
comment on column tariffs.dip_window_ms is 'null: forever';
comment on column tariffs.credits is 'price: credits per unit of usage';
create index on tariffs (metric, valid_from);

-- Storage is all that differs between the three databases that this schema runs on.
do $$
begin
  if exists (select from pg_available_extensions where name = 'timescaledb') then
    create extension if not exists timescaledb;
    perform create_hypertable('measurements', 'time', chunk_time_interval => interval '1 day', create_default_indexes => false);
    perform create_hypertable('hourly_costs', 'hour', chunk_time_interval => interval '90 days', create_default_indexes => false);
    if current_setting('timescaledb.license') = 'timescale' then
      execute 'alter table measurements set (timescaledb.compress, timescaledb.compress_segmentby = ''series_id'', timescaledb.compress_orderby = ''time'')';
      perform add_compression_policy('measurements', interval '7 days');
    end if;
  end if;
end
$$;


-- 002-operations.sql
-- What operators record (discards, re-ratings, adjustments), what retention leaves behind, and what
-- verification found.

create table rerates (
  rerate_id    integer generated always as identity primary key,
  project_name text collate "C",
  site         text collate "C",
  request      text not null,
  actor        text not null,
  reason       text not null,
  started_at   timestamptz not null default now(),
  finished_at  timestamptz
);
comment on table rerates is 'runs of the command rerate; project_name and site: what it is about, null: all';
comment on column rerates.request is 'what was asked for, in one form: the same request continues an unfinished run';
create unique index on rerates (request) where finished_at is null;

alter table tariffs add column rerate_id integer references rerates;
comment on column tariffs.rerate_id is 'not null: counts for those series only that have the re-rating in series.rerate_ids';

alter table series
  add column floor_time    timestamptz,
  add column floor_value   numeric,
  add column floor_usage   numeric,
  add column floor_credits numeric,
  add column rerate_ids    integer[] not null default '{}',
  add constraint series_floor_check check (num_nulls(floor_time, floor_value, floor_usage, floor_credits) in (0, 4));
comment on column series.floor_time is 'the last measurement that retention has settled: what is at or before it may be deleted, and nothing at or before it is billed any more';
comment on column series.floor_usage is 'usage and credits of the hour of floor_time up to the floor: the rest of that hour is f of what is stored';
comment on column series.rerate_ids is 'the re-ratings that the ledger of this series contains: their tariffs count for it';

create table discards (
  discard_id   bigint generated always as identity primary key,
  series_id    integer not null references series,
  from_time    timestamptz not null,
  until_time   timestamptz not null,
  measurements bigint not null,
  actor        text not null,
  reason       text not null,
  recorded_at  timestamptz not null default now(),
  check (from_time <= until_time)
);
comment on table discards is 'append-only: measurements of the series between the two instants, both inclusive, count as never sent';
comment on column discards.measurements is 'how many were stored and removed when the discard was recorded';
create index on discards (series_id);

create table measurements_refused (
  series_id   integer not null references series,
  hour        timestamptz not null,
  reason      text not null check (reason in ('before-floor', 'discarded')),
  time        timestamptz not null,
  value       numeric not null,
  count       bigint not null,
  recorded_at timestamptz not null default now(),
  primary key (series_id, hour, reason)
);
comment on table measurements_refused is 'accepted, but not billed; one row per series, hour and reason: the latest and how many there were';

create table adjustments (
  adjustment_id   bigint generated always as identity primary key,
  idempotency_key text not null unique,
  project_id      integer not null references projects,
  credits         numeric not null,
  reason          text not null,
  actor           text not null,
  at              timestamptz not null default now()
);
comment on table adjustments is 'append-only: opening balances, refunds, manual corrections; part of used_credits, may be negative';
create index on adjustments (project_id, at);

alter table corrections
  add column actor text not null default 'biller',
  add column note  text;
comment on column corrections.note is 'the reason that the operator gave';

create table verifications (
  verification_id  bigint generated always as identity primary key,
  scope            text not null check (scope in ('recent', 'slice')),
  started_at       timestamptz not null,
  finished_at      timestamptz not null default clock_timestamp(),
  after_project_id integer not null,
  last_project_id  integer not null,
  projects         integer not null,
  drifting         integer not null,
  drifts           jsonb not null
);
comment on table verifications is 'what the scheduled verification found; drifting must be 0';
comment on column verifications.last_project_id is 'where the slice ended and the next one begins; 0: all projects are through';


-- 003-room-for-updates.sql
-- Room for the next version of a row on its own page. Every scrape updates every project, every series
-- and the current hour of its ledger: where the page is full, the new version goes to another page and
-- into every index. Measured with one sample of each of 10,000 series per batch: half the time of
-- these updates. Pages that exist already stay as they are.
alter table projects set (fillfactor = 45);
alter table series set (fillfactor = 45);
alter table hourly_costs set (fillfactor = 45);


-- 004-dropped-samples.sql
-- What senders sent and was not billed: counted, because nobody else sees it.

create table samples_dropped (
  key_id      text not null,
  hour        timestamptz not null,
  reason      text not null,
  count       bigint not null,
  recorded_at timestamptz not null default now(),
  primary key (key_id, hour, reason)
);
comment on table samples_dropped is 'samples that were left out at ingestion, per key, hour of arrival and reason; a message that comes twice counts twice';


-- 005-grants.sql
-- Who granted and adjusted what, on which request, and what the runs of schedules remember.

alter table projects add column portal_credits numeric check (portal_credits >= 0);
comment on column projects.portal_credits is 'what the portal answered last, null: nothing yet; what an admin granted stays until this changes';

create table grants (
  grant_id        bigint generated always as identity primary key,
  project_id      integer not null references projects,
  granted_credits numeric not null check (granted_credits >= 0),
  source          text not null check (source in ('portal', 'admin')),
  actor           text not null,
  reason          text not null,
  at              timestamptz not null default clock_timestamp()
);
comment on table grants is 'append-only: every change of projects.granted_credits';
comment on column grants.at is 'not when the transaction began: it may have waited for the project''s grant before';
create index on grants (project_id, grant_id);

alter table adjustments add column recorded_at timestamptz not null default clock_timestamp();
comment on column adjustments.at is 'the instant for which it counts, where it stands in the history';

create table idempotency_keys (
  idempotency_key text primary key,
  request         text not null,
  outcome         json,
  recorded_at     timestamptz not null default now()
);
comment on table idempotency_keys is 'requests that were carried out: the same again gets the same outcome, another one with the same key is refused';
comment on column idempotency_keys.request is 'what was asked for, in one form, however it was written';
comment on column idempotency_keys.outcome is 'null only within the transaction that carries the request out';

create table settings (
  key         text primary key,
  value       jsonb not null,
  recorded_at timestamptz not null default now()
);
comment on table settings is 'runtime settings, and where runs of schedules go on that stopped half-way';


-- 006-notices.sql
-- Who was told what: notices, their deliveries, and what decides whether there is something to tell.

create table limit_thresholds (
  threshold numeric primary key check (threshold > 0),
  since     timestamptz not null default now()
);
comment on table limit_thresholds is 'percentages that scans have looked at before: another one is new in the configuration';

-- No foreign key to projects, of which none is ever deleted: checking it took half of the time in which
-- a scan writes 200,000 notices.
create table notices (
  notice_id       bigint generated always as identity primary key,
  public_id       uuid not null default gen_random_uuid(),
  type            text collate "C" not null,
  project_id      integer,
  threshold       numeric,
  used_credits    numeric,
  granted_credits numeric,
  details         jsonb,
  occurred_at     timestamptz not null default now(),
  quiet           boolean not null default false,
  rearmed_at      timestamptz,
  dispatched_at   timestamptz
);
comment on table notices is 'the outbox: what is told never changes after the row is written';
comment on column notices.public_id is 'what receivers know it by, at every try';
comment on column notices.quiet is 'the threshold was new, and the project above it already: counts as noticed, is not told';
comment on column notices.rearmed_at is 'from when on the same may be told again; null: not yet';
comment on column notices.dispatched_at is 'when it got its deliveries, one for each channel that takes it';
create unique index notices_limits on notices (project_id, threshold)
  where type = 'limit.reached' and rearmed_at is null;
create unique index notices_forecasts on notices (project_id)
  where type = 'budget.ending' and rearmed_at is null;
create index notices_undispatched on notices (notice_id) where dispatched_at is null;

create table deliveries (
  notice_id   bigint not null references notices,
  channel     text collate "C" not null,
  state       text not null default 'due' check (state in ('due', 'delivered', 'failed')),
  tries       integer not null default 0,
  next_try_at timestamptz not null,
  last_error  text,
  finished_at timestamptz,
  primary key (notice_id, channel)
);
comment on column deliveries.next_try_at is 'while a run is sending it, when its lease ends: if that run dies, another one sends it again';
create index deliveries_due on deliveries (channel, next_try_at) where state = 'due';
create index deliveries_failed on deliveries (finished_at) where state = 'failed';

create table channels (
  channel         text collate "C" primary key,
  failures        integer not null default 0,
  open_until      timestamptz,
  disabled_at     timestamptz,
  disabled_reason text
);
comment on table channels is 'circuits: failures in a row, and until when nothing is sent';
comment on column channels.disabled_at is 'the receiver answered that it is gone for good';

create table sites (
  site          text collate "C" primary key,
  silent_since  timestamptz,
  reports_since timestamptz
);
comment on table sites is 'sites that operators were told about; silent_since: told silent, the last measurement before';

create table silent_series (
  series_id    integer primary key references series,
  silent_since timestamptz not null,
  noticed_at   timestamptz not null default now()
);
comment on table silent_series is 'series that operators were told to be silent while their site reports';

create table series_acknowledged (
  series_id       integer primary key references series,
  last_time       timestamptz not null,
  actor           text not null,
  reason          text not null,
  acknowledged_at timestamptz not null default now()
);
comment on table series_acknowledged is 'ended for good, says an operator; counts until the series reports again';


-- 007-old-notices-and-requests.sql
-- So that what nobody asks for any more is found without looking at everything.

create index idempotency_keys_recorded on idempotency_keys (recorded_at);
create index notices_ended on notices (occurred_at)
  where dispatched_at is not null and (rearmed_at is not null or project_id is null);


-- 008-operators-first.sql
-- A site that is silent is told at once, however many projects wait to be told of their limits.

alter table deliveries add column to_operators boolean not null default false;
comment on column deliveries.to_operators is 'these go before those to projects, which get a share of each claim';
update deliveries
   set to_operators = true
  from notices
 where notices.notice_id = deliveries.notice_id
   and project_id is null;

drop index deliveries_due;
create index deliveries_due on deliveries (channel, to_operators, next_try_at) where state = 'due';

drop index notices_undispatched;
create index notices_undispatched on notices ((project_id is null) desc, notice_id) where dispatched_at is null;


-- 009-segments-and-days.sql
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


-- 010-converted-storage.sql
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


-- 011-mail-recipients.sql
-- A mailbox that is full for now must not cost the others the same mail again at every try.

alter table deliveries add column recipients jsonb not null default '{}';
comment on column deliveries.recipients is 'of mails: who has got it (delivered) or was refused it for good (refused); they are not sent it again';


create table migrations (name text primary key, applied_at timestamptz not null default now());

insert into migrations overriding system value select * from json_populate_recordset(null::migrations, $rows$[
{"name":"001-ledger.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"002-operations.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"003-room-for-updates.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"004-dropped-samples.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"005-grants.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"006-notices.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"007-old-notices-and-requests.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"008-operators-first.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"009-segments-and-days.sql","applied_at":"2026-11-26T02:37:03.271044+00:00"},
{"name":"010-converted-storage.sql","applied_at":"2026-11-26T02:37:03.372998+00:00"},
{"name":"011-mail-recipients.sql","applied_at":"2026-11-26T02:37:03.372998+00:00"}
]$rows$);

insert into projects overriding system value select * from json_populate_recordset(null::projects, $rows$[
{"project_id":1,"project_name":"genomics","granted_credits":null,"used_credits":10.0,"first_seen_at":"2026-11-26T02:37:04.585691+00:00","revision":4,"portal_credits":null},
{"project_id":3,"project_name":"Zoë's 🚀","granted_credits":null,"used_credits":10,"first_seen_at":"2026-11-26T02:37:04.641749+00:00","revision":1,"portal_credits":null},
{"project_id":4,"project_name":"jobs","granted_credits":null,"used_credits":8,"first_seen_at":"2026-11-26T02:37:04.64826+00:00","revision":1,"portal_credits":null},
{"project_id":5,"project_name":"gpus","granted_credits":null,"used_credits":1.333333333332,"first_seen_at":"2026-11-26T02:37:04.656823+00:00","revision":1,"portal_credits":null}
]$rows$);

insert into series overriding system value select * from json_populate_recordset(null::series, $rows$[
{"series_id":1,"project_id":1,"metric":"project_vcpu_usage","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":2,"project_id":1,"metric":"project_vcpu_usage","site":"6544","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":3,"project_id":3,"metric":"project_vcpu_usage","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":4,"project_id":4,"metric":"jobs","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":5,"project_id":5,"metric":"gpus","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]}
]$rows$);

insert into series_heads overriding system value select * from json_populate_recordset(null::series_heads, $rows$[
{"series_id":1,"last_time":"2026-11-23T10:30:00+00:00","last_value":128,"hour_usage":4.666666666667,"hour_credits":4.666666666667,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"segment_from":"2026-11-23T09:00:00+00:00","segment_count":3,"segment_step_ms":2700000,"segment_decimals":0,"segment":"\\x0181a8c6e883a2037881aea60a010107"},
{"series_id":2,"last_time":"2026-11-23T09:30:00+00:00","last_value":9,"hour_usage":2.0,"hour_credits":2.0,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"segment_from":"2026-11-23T09:16:40+00:00","segment_count":81,"segment_step_ms":10000,"segment_decimals":15,"segment":"\\x0183ccaeec83a2031cc7e39aadb8b6b80183f1041ec8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c7e3d28eb0c30201c9e3d28eb0c30201c6e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c9e3d28eb0c30201c7e3d28eb0c30201c6e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c6e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c7e3d28eb0c30201c9e3d28eb0c30201c6e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c9e3d28eb0c30201c7e3d28eb0c30201c6e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c6e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c8e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c302"},
{"series_id":3,"last_time":"2026-11-23T09:10:00+00:00","last_value":40,"hour_usage":10,"hour_credits":10,"open_peak_time":"2026-11-23T09:05:00+00:00","open_peak_value":110,"open_drop_time":"2026-11-23T09:10:00+00:00","segment_from":"2026-11-23T09:00:00+00:00","segment_count":3,"segment_step_ms":300000,"segment_decimals":0,"segment":"\\x0181a8c6e883a2036481be92010a0246"},
{"series_id":4,"last_time":"2026-11-23T10:01:00+00:00","last_value":1,"hour_usage":1,"hour_credits":2,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"segment_from":"2026-11-23T09:00:00+00:00","segment_count":2,"segment_step_ms":3660000,"segment_decimals":0,"segment":"\\x0181a8c6e883a20303828efb0d02"},
{"series_id":5,"last_time":"2026-11-23T09:10:00+00:00","last_value":0.00000000000000000000000000000,"hour_usage":0.333333333333,"hour_credits":1.333333333332,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"segment_from":"2026-11-23T09:00:00+00:00","segment_count":2,"segment_step_ms":600000,"segment_decimals":0,"segment":"\\x0181a8c6e883a2030282fca40202"}
]$rows$);

insert into segments overriding system value select * from json_populate_recordset(null::segments, $rows$[
{"series_id":2,"from_time":"2026-11-23T09:00:00+00:00","until_time":"2026-11-23T09:16:30+00:00","count":100,"samples":"\\x0181a8c6e883a2030783f1041ec7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c30201c7e3d28eb0c3020320cbe3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901d0e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901d0e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901d0e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901d0e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901cbe3bb92e1a11901cbe3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a11901d0e3bb92e1a11901c6e3bb92e1a11901c6e3bb92e1a119"}
]$rows$);

insert into daily_costs overriding system value select * from json_populate_recordset(null::daily_costs, $rows$[
{"series_id":1,"day":"2026-11-23","usage":[null,null,null,null,null,null,null,null,null,3.333333333333,null,null,null,null,null,null,null,null,null,null,null,null,null,null],"credits":[null,null,null,null,null,null,null,null,null,3.333333333333,null,null,null,null,null,null,null,null,null,null,null,null,null,null]},
{"series_id":4,"day":"2026-11-23","usage":[null,null,null,null,null,null,null,null,null,3.0,null,null,null,null,null,null,null,null,null,null,null,null,null,null],"credits":[null,null,null,null,null,null,null,null,null,6.0,null,null,null,null,null,null,null,null,null,null,null,null,null,null]}
]$rows$);

insert into tariffs overriding system value select * from json_populate_recordset(null::tariffs, $rows$[
{"tariff_id":1,"metric":"project_vcpu_usage","kind":"counter","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":1.0,"valid_from":"-infinity","recorded_at":"2026-11-26T02:37:04.57075+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":2,"metric":"project_mb_usage","kind":"counter","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":0.3,"valid_from":"-infinity","recorded_at":"2026-11-26T02:37:04.57075+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":3,"metric":"jobs","kind":"delta","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":2.0,"valid_from":"-infinity","recorded_at":"2026-11-26T02:37:04.57075+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":4,"metric":"gpus","kind":"gauge","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":4.0,"valid_from":"-infinity","recorded_at":"2026-11-26T02:37:04.57075+00:00","actor":"fixture","rerate_id":null}
]$rows$);

insert into corrections overriding system value select * from json_populate_recordset(null::corrections, $rows$[
{"correction_id":1,"series_id":1,"from_hour":"2026-11-23T09:00:00+00:00","usage_before":5.666666666667,"usage_after":3.333333333333,"credits_before":5.666666666667,"credits_after":3.333333333333,"reason":"late","recorded_at":"2026-11-26T02:37:04.624962+00:00","actor":"biller","note":null,"until_hour":"2026-11-23T09:00:00+00:00"},
{"correction_id":2,"series_id":1,"from_hour":"2026-11-23T10:00:00+00:00","usage_before":2.833333333333,"usage_after":4.666666666667,"credits_before":2.833333333333,"credits_after":4.666666666667,"reason":"late","recorded_at":"2026-11-26T02:37:04.624962+00:00","actor":"biller","note":null,"until_hour":"2026-11-23T10:00:00+00:00"}
]$rows$);

insert into measurement_conflicts overriding system value select * from json_populate_recordset(null::measurement_conflicts, $rows$[
{"series_id":1,"hour":"2026-11-23T10:00:00+00:00","time":"2026-11-23T10:30:00+00:00","kept":128.0,"refused":128.5,"count":1,"recorded_at":"2026-11-26T02:37:04.624962+00:00"}
]$rows$);

select setval(pg_get_serial_sequence('adjustments', 'adjustment_id'), greatest(1, (select max(adjustment_id) from adjustments)));

select setval(pg_get_serial_sequence('corrections', 'correction_id'), greatest(1, (select max(correction_id) from corrections)));

select setval(pg_get_serial_sequence('discards', 'discard_id'), greatest(1, (select max(discard_id) from discards)));

select setval(pg_get_serial_sequence('grants', 'grant_id'), greatest(1, (select max(grant_id) from grants)));

select setval(pg_get_serial_sequence('notices', 'notice_id'), greatest(1, (select max(notice_id) from notices)));

select setval(pg_get_serial_sequence('projects', 'project_id'), greatest(1, (select max(project_id) from projects)));

select setval(pg_get_serial_sequence('rerates', 'rerate_id'), greatest(1, (select max(rerate_id) from rerates)));

select setval(pg_get_serial_sequence('series', 'series_id'), greatest(1, (select max(series_id) from series)));

select setval(pg_get_serial_sequence('tariffs', 'tariff_id'), greatest(1, (select max(tariff_id) from tariffs)));

select setval(pg_get_serial_sequence('verifications', 'verification_id'), greatest(1, (select max(verification_id) from verifications)));
