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
