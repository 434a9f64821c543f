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


create table migrations (name text primary key, applied_at timestamptz not null default now());

insert into migrations overriding system value select * from json_populate_recordset(null::migrations, $rows$[
{"name":"001-ledger.sql","applied_at":"2026-11-23T13:21:53.024542+00:00"},
{"name":"002-operations.sql","applied_at":"2026-11-23T13:21:53.024542+00:00"},
{"name":"003-room-for-updates.sql","applied_at":"2026-11-23T13:21:53.024542+00:00"}
]$rows$);

insert into projects overriding system value select * from json_populate_recordset(null::projects, $rows$[
{"project_id":1,"project_name":"genomics","granted_credits":null,"used_credits":10.0,"first_seen_at":"2026-11-23T13:21:53.229159+00:00","revision":3},
{"project_id":3,"project_name":"Zoë's 🚀","granted_credits":null,"used_credits":10.0,"first_seen_at":"2026-11-23T13:21:53.301498+00:00","revision":1},
{"project_id":4,"project_name":"jobs","granted_credits":null,"used_credits":8.0,"first_seen_at":"2026-11-23T13:21:53.317347+00:00","revision":1},
{"project_id":5,"project_name":"gpus","granted_credits":null,"used_credits":1.333333333332,"first_seen_at":"2026-11-23T13:21:53.33184+00:00","revision":1}
]$rows$);

insert into series overriding system value select * from json_populate_recordset(null::series, $rows$[
{"series_id":1,"project_id":1,"metric":"project_vcpu_usage","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","last_time":"2026-11-23T10:30:00+00:00","last_value":128.0,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":2,"project_id":1,"metric":"project_vcpu_usage","site":"6544","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","last_time":"2026-11-23T09:30:00+00:00","last_value":9.0,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":3,"project_id":3,"metric":"project_vcpu_usage","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","last_time":"2026-11-23T09:10:00+00:00","last_value":40.0,"open_peak_time":"2026-11-23T09:05:00+00:00","open_peak_value":110.0,"open_drop_time":"2026-11-23T09:10:00+00:00","floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":4,"project_id":4,"metric":"jobs","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","last_time":"2026-11-23T10:01:00+00:00","last_value":1.0,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]},
{"series_id":5,"project_id":5,"metric":"gpus","site":"8676","resource":"a1","first_time":"2026-11-23T09:00:00+00:00","last_time":"2026-11-23T09:10:00+00:00","last_value":0.0,"open_peak_time":null,"open_peak_value":null,"open_drop_time":null,"floor_time":null,"floor_value":null,"floor_usage":null,"floor_credits":null,"rerate_ids":[]}
]$rows$);

insert into measurements overriding system value select * from json_populate_recordset(null::measurements, $rows$[
{"series_id":1,"time":"2026-11-23T09:00:00+00:00","value":120.0},
{"series_id":1,"time":"2026-11-23T09:45:00+00:00","value":121.0},
{"series_id":1,"time":"2026-11-23T10:30:00+00:00","value":128.0},
{"series_id":2,"time":"2026-11-23T09:00:00+00:00","value":7.0},
{"series_id":2,"time":"2026-11-23T09:30:00+00:00","value":9.0},
{"series_id":3,"time":"2026-11-23T09:00:00+00:00","value":100.0},
{"series_id":3,"time":"2026-11-23T09:05:00+00:00","value":110.0},
{"series_id":3,"time":"2026-11-23T09:10:00+00:00","value":40.0},
{"series_id":4,"time":"2026-11-23T09:00:00+00:00","value":3.0},
{"series_id":4,"time":"2026-11-23T10:01:00+00:00","value":1.0},
{"series_id":5,"time":"2026-11-23T09:00:00+00:00","value":2.0},
{"series_id":5,"time":"2026-11-23T09:10:00+00:00","value":0.0}
]$rows$);

insert into hourly_costs overriding system value select * from json_populate_recordset(null::hourly_costs, $rows$[
{"series_id":1,"hour":"2026-11-23T09:00:00+00:00","usage":3.333333333333,"credits":3.333333333333},
{"series_id":1,"hour":"2026-11-23T10:00:00+00:00","usage":4.666666666667,"credits":4.666666666667},
{"series_id":2,"hour":"2026-11-23T09:00:00+00:00","usage":2.0,"credits":2.0},
{"series_id":3,"hour":"2026-11-23T09:00:00+00:00","usage":10.0,"credits":10.0},
{"series_id":4,"hour":"2026-11-23T09:00:00+00:00","usage":3.0,"credits":6.0},
{"series_id":4,"hour":"2026-11-23T10:00:00+00:00","usage":1.0,"credits":2.0},
{"series_id":5,"hour":"2026-11-23T09:00:00+00:00","usage":0.333333333333,"credits":1.333333333332}
]$rows$);

insert into tariffs overriding system value select * from json_populate_recordset(null::tariffs, $rows$[
{"tariff_id":1,"metric":"project_vcpu_usage","kind":"counter","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":1.0,"valid_from":"-infinity","recorded_at":"2026-11-23T13:21:53.202235+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":2,"metric":"project_mb_usage","kind":"counter","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":0.3,"valid_from":"-infinity","recorded_at":"2026-11-23T13:21:53.202235+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":3,"metric":"jobs","kind":"delta","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":2.0,"valid_from":"-infinity","recorded_at":"2026-11-23T13:21:53.202235+00:00","actor":"fixture","rerate_id":null},
{"tariff_id":4,"metric":"gpus","kind":"gauge","unit":"","dip_window_ms":3600000,"max_gap_ms":900000,"credits":4.0,"valid_from":"-infinity","recorded_at":"2026-11-23T13:21:53.202235+00:00","actor":"fixture","rerate_id":null}
]$rows$);

insert into corrections overriding system value select * from json_populate_recordset(null::corrections, $rows$[
{"correction_id":1,"series_id":1,"hour":"2026-11-23T09:00:00+00:00","usage_before":5.666666666667,"usage_after":3.333333333333,"credits_before":5.666666666667,"credits_after":3.333333333333,"reason":"late","recorded_at":"2026-11-23T13:21:53.277763+00:00","actor":"biller","note":null},
{"correction_id":2,"series_id":1,"hour":"2026-11-23T10:00:00+00:00","usage_before":2.833333333333,"usage_after":4.666666666667,"credits_before":2.833333333333,"credits_after":4.666666666667,"reason":"late","recorded_at":"2026-11-23T13:21:53.277763+00:00","actor":"biller","note":null}
]$rows$);

insert into measurement_conflicts overriding system value select * from json_populate_recordset(null::measurement_conflicts, $rows$[
{"series_id":1,"hour":"2026-11-23T10:00:00+00:00","time":"2026-11-23T10:30:00+00:00","kept":128.0,"refused":128.5,"count":1,"recorded_at":"2026-11-23T13:21:53.277763+00:00"}
]$rows$);

select setval(pg_get_serial_sequence('adjustments', 'adjustment_id'), greatest(1, (select max(adjustment_id) from adjustments)));

select setval(pg_get_serial_sequence('corrections', 'correction_id'), greatest(1, (select max(correction_id) from corrections)));

select setval(pg_get_serial_sequence('discards', 'discard_id'), greatest(1, (select max(discard_id) from discards)));

select setval(pg_get_serial_sequence('projects', 'project_id'), greatest(1, (select max(project_id) from projects)));

select setval(pg_get_serial_sequence('rerates', 'rerate_id'), greatest(1, (select max(rerate_id) from rerates)));

select setval(pg_get_serial_sequence('series', 'series_id'), greatest(1, (select max(series_id) from series)));

select setval(pg_get_serial_sequence('tariffs', 'tariff_id'), greatest(1, (select max(tariff_id) from tariffs)));

select setval(pg_get_serial_sequence('verifications', 'verification_id'), greatest(1, (select max(verification_id) from verifications)));
