-- Who granted what, and what the runs of schedules remember.

alter table projects add column portal_credits numeric check (portal_credits >= 0);
comment on column projects.portal_credits is 'what the portal answered last, null: nothing yet; what an admin granted stays until this changes';

create table grants (
  grant_id        bigint generated always as identity primary key,
  project_id      integer not null references projects,
  granted_credits numeric not null check (granted_credits >= 0),
  source          text not null check (source in ('portal', 'admin')),
  actor           text not null,
  reason          text not null,
  idempotency_key text unique,
  at              timestamptz not null default now()
);
comment on table grants is 'append-only: every change of projects.granted_credits';
create index on grants (project_id, at);

create table settings (
  key         text primary key,
  value       jsonb not null,
  recorded_at timestamptz not null default now()
);
comment on table settings is 'runtime settings, and where runs of schedules go on that stopped half-way';
