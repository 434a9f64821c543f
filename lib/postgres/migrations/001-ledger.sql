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
