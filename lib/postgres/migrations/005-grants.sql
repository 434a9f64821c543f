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
