-- What makes a bill doubtful though it follows the samples exactly: operators are told of it.

alter table series_heads
  add column last_key text,
  add column key_before text,
  add column largest_pace double precision not null default 0;
comment on column series_heads.last_key is 'id of the key that reported the series last; null: not known';
comment on column series_heads.key_before is 'id of the other key that reported it before';
comment on column series_heads.largest_pace is 'the fastest that the counter ever rose, in units per hour; near enough for a doubt';

create table deep_dips (
  series_id integer not null references series,
  hour timestamptz not null,
  count integer not null,
  recorded_at timestamptz not null default now(),
  primary key (series_id, hour)
);
comment on table deep_dips is 'dips that healed and were deeper than an hour of usage, by the hour in which they healed';

create table large_steps (
  series_id integer not null references series,
  from_time timestamptz not null,
  until_time timestamptz not null,
  from_value numeric not null,
  until_value numeric not null,
  recorded_at timestamptz not null default now(),
  primary key (series_id, from_time)
);
comment on table large_steps is 'increases of more than a day''s worth of the fastest that the series had risen before';

create table doubts (
  series_id integer not null references series,
  kind text not null check (kind in ('held', 'two-senders', 'two-sites', 'large-step', 'corrected')),
  began_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  actor text,
  reason text,
  primary key (series_id, kind)
);
comment on table doubts is 'what operators were told and what is not over yet; an acknowledged one is not told again until it begins anew';

create table new_series (
  key_id text not null,
  hour timestamptz not null,
  count integer not null,
  waiting boolean not null default false,
  noticed_at timestamptz,
  primary key (key_id, hour)
);
comment on table new_series is 'series that a key has made in an hour; waiting: more of them wait on the queue for the next one';

-- Corrections are looked at when they are recorded.
create index corrections_recorded on corrections (recorded_at);
