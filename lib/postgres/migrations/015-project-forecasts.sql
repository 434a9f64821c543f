-- What a list of thousands of projects is sorted by, worked out once an hour instead of for each question.
create table project_forecasts (
  project_id integer primary key references projects,
  computed_at timestamptz not null,
  burn_day numeric not null,
  burn_week numeric not null,
  burn_month numeric not null,
  ends_earliest timestamptz,
  ends_expected timestamptz,
  ends_latest timestamptz,
  last_time timestamptz
);
comment on table project_forecasts is 'written by every round of forecast-budgets';
comment on column project_forecasts.burn_day is 'credits per hour in the last day; so week and month';
comment on column project_forecasts.ends_expected is 'when the budget ends if it goes on as in the last week; null: no date can be given';
comment on column project_forecasts.last_time is 'the last measurement when it was computed; later ones are in series_heads';
