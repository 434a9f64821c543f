-- Closed months. What changes later stands in the next statement, so these rows are only ever added.
create table statements (
  project_id integer not null references projects,
  month text not null,
  closed_at timestamptz not null,
  used_credits numeric not null,
  adjustment_ids bigint[] not null,
  body text not null,
  sha256 text not null,
  primary key (project_id, month)
);
comment on table statements is 'closed statements; each names the hash of the one before';
comment on column statements.month is 'YYYY-MM in the time zone of the installation (settings, statement-timezone)';
comment on column statements.used_credits is 'what was used up to its end, as the ledger had it when it was closed';
comment on column statements.adjustment_ids is 'the adjustments that it accounts for';
comment on column statements.body is 'the statement as JSON, as it is handed out';

create table statement_lines (
  project_id integer not null,
  month text not null,
  used_in text not null,
  metric text collate "C" not null,
  unit text not null,
  site text collate "C" not null,
  usage numeric not null,
  credits numeric not null,
  primary key (project_id, month, used_in, metric, site),
  foreign key (project_id, month) references statements
);
comment on table statement_lines is 'what a statement accounts for: its usage, and corrections of earlier months (used_in)';
