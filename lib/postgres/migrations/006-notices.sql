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
