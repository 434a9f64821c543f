-- A counter that rises faster than anybody can use is held back until an operator has decided on it.

alter table tariffs add column max_rate numeric check (max_rate > 0);
comment on column tariffs.max_rate is 'units per hour: what rises faster is held; null: nothing is';

create table held_increases (
  series_id integer not null references series,
  from_time timestamptz not null,
  until_time timestamptz not null,
  usage numeric not null,
  credits numeric not null,
  held_at timestamptz not null default now(),
  primary key (series_id, from_time),
  check (from_time < until_time)
);
comment on table held_increases is 'increases in (from_time, until_time] that are neither usage nor credits until somebody accepts them';
comment on column held_increases.credits is 'what it would cost';

create table hold_decisions (
  decision_id bigint generated always as identity primary key,
  series_id integer not null references series,
  from_time timestamptz not null,
  until_time timestamptz not null,
  decision text not null check (decision in ('accepted', 'rejected')),
  actor text not null,
  reason text not null,
  recorded_at timestamptz not null default now(),
  check (from_time <= until_time)
);
comment on table hold_decisions is 'append-only; of two for one interval the later one counts';
create index on hold_decisions (series_id);
