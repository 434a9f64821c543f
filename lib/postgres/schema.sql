-- What the migrations make; test/integration/ledger/migrate.test.ts keeps it so.

create table adjustments (
  adjustment_id bigint not null generated always as identity,
  idempotency_key text not null,
  project_id integer not null,
  credits numeric not null,
  reason text not null,
  actor text not null,
  at timestamp with time zone not null default now(),
  recorded_at timestamp with time zone not null default clock_timestamp()
);
alter table adjustments add constraint adjustments_idempotency_key_key UNIQUE (idempotency_key);
alter table adjustments add constraint adjustments_pkey PRIMARY KEY (adjustment_id);
alter table adjustments add constraint adjustments_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id);
CREATE INDEX adjustments_project_id_at_idx ON public.adjustments USING btree (project_id, at);

create table channels (
  channel text collate "C" not null,
  failures integer not null default 0,
  open_until timestamp with time zone,
  disabled_at timestamp with time zone,
  disabled_reason text
);
alter table channels add constraint channels_pkey PRIMARY KEY (channel);

create table corrections (
  correction_id bigint not null generated always as identity,
  series_id integer not null,
  from_hour timestamp with time zone not null,
  usage_before numeric not null,
  usage_after numeric not null,
  credits_before numeric not null,
  credits_after numeric not null,
  reason text not null,
  recorded_at timestamp with time zone not null default now(),
  actor text not null default 'biller'::text,
  note text,
  until_hour timestamp with time zone not null
);
alter table corrections add constraint corrections_check CHECK ((from_hour <= until_hour));
alter table corrections add constraint corrections_pkey PRIMARY KEY (correction_id);
alter table corrections add constraint corrections_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);
CREATE INDEX corrections_recorded ON public.corrections USING btree (recorded_at);
CREATE INDEX corrections_series_id_from_hour_idx ON public.corrections USING btree (series_id, from_hour);

create table daily_costs (
  series_id integer not null,
  day date not null,
  usage numeric[] not null,
  credits numeric[] not null
);
alter table daily_costs add constraint daily_costs_credits_check CHECK (((array_lower(credits, 1) = 1) AND (array_upper(credits, 1) = 24)));
alter table daily_costs add constraint daily_costs_pkey PRIMARY KEY (series_id, day);
alter table daily_costs add constraint daily_costs_usage_check CHECK (((array_lower(usage, 1) = 1) AND (array_upper(usage, 1) = 24)));

create table deep_dips (
  series_id integer not null,
  hour timestamp with time zone not null,
  count integer not null,
  recorded_at timestamp with time zone not null default now()
);
alter table deep_dips add constraint deep_dips_pkey PRIMARY KEY (series_id, hour);
alter table deep_dips add constraint deep_dips_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table deliveries (
  notice_id bigint not null,
  channel text collate "C" not null,
  state text not null default 'due'::text,
  tries integer not null default 0,
  next_try_at timestamp with time zone not null,
  last_error text,
  finished_at timestamp with time zone,
  to_operators boolean not null default false,
  recipients jsonb not null default '{}'::jsonb
);
alter table deliveries add constraint deliveries_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(notice_id);
alter table deliveries add constraint deliveries_pkey PRIMARY KEY (notice_id, channel);
alter table deliveries add constraint deliveries_state_check CHECK ((state = ANY (ARRAY['due'::text, 'delivered'::text, 'failed'::text])));
CREATE INDEX deliveries_due ON public.deliveries USING btree (channel, to_operators, next_try_at) WHERE (state = 'due'::text);
CREATE INDEX deliveries_failed ON public.deliveries USING btree (finished_at) WHERE (state = 'failed'::text);

create table discards (
  discard_id bigint not null generated always as identity,
  series_id integer not null,
  from_time timestamp with time zone not null,
  until_time timestamp with time zone not null,
  measurements bigint not null,
  actor text not null,
  reason text not null,
  recorded_at timestamp with time zone not null default now()
);
alter table discards add constraint discards_check CHECK ((from_time <= until_time));
alter table discards add constraint discards_pkey PRIMARY KEY (discard_id);
alter table discards add constraint discards_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);
CREATE INDEX discards_series_id_idx ON public.discards USING btree (series_id);

create table doubts (
  series_id integer not null,
  kind text not null,
  began_at timestamp with time zone not null default now(),
  acknowledged_at timestamp with time zone,
  actor text,
  reason text
);
alter table doubts add constraint doubts_kind_check CHECK ((kind = ANY (ARRAY['held'::text, 'two-senders'::text, 'two-sites'::text, 'large-step'::text, 'corrected'::text])));
alter table doubts add constraint doubts_pkey PRIMARY KEY (series_id, kind);
alter table doubts add constraint doubts_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table grants (
  grant_id bigint not null generated always as identity,
  project_id integer not null,
  granted_credits numeric not null,
  source text not null,
  actor text not null,
  reason text not null,
  at timestamp with time zone not null default clock_timestamp()
);
alter table grants add constraint grants_granted_credits_check CHECK ((granted_credits >= (0)::numeric));
alter table grants add constraint grants_pkey PRIMARY KEY (grant_id);
alter table grants add constraint grants_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id);
alter table grants add constraint grants_source_check CHECK ((source = ANY (ARRAY['portal'::text, 'admin'::text])));
CREATE INDEX grants_project_id_grant_id_idx ON public.grants USING btree (project_id, grant_id);

create table held_increases (
  series_id integer not null,
  from_time timestamp with time zone not null,
  until_time timestamp with time zone not null,
  usage numeric not null,
  credits numeric not null,
  held_at timestamp with time zone not null default now()
);
alter table held_increases add constraint held_increases_check CHECK ((from_time < until_time));
alter table held_increases add constraint held_increases_pkey PRIMARY KEY (series_id, from_time);
alter table held_increases add constraint held_increases_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table hold_decisions (
  decision_id bigint not null generated always as identity,
  series_id integer not null,
  from_time timestamp with time zone not null,
  until_time timestamp with time zone not null,
  decision text not null,
  actor text not null,
  reason text not null,
  recorded_at timestamp with time zone not null default now()
);
alter table hold_decisions add constraint hold_decisions_check CHECK ((from_time <= until_time));
alter table hold_decisions add constraint hold_decisions_decision_check CHECK ((decision = ANY (ARRAY['accepted'::text, 'rejected'::text])));
alter table hold_decisions add constraint hold_decisions_pkey PRIMARY KEY (decision_id);
alter table hold_decisions add constraint hold_decisions_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);
CREATE INDEX hold_decisions_series_id_idx ON public.hold_decisions USING btree (series_id);

create table idempotency_keys (
  idempotency_key text not null,
  request text not null,
  outcome json,
  recorded_at timestamp with time zone not null default now()
);
alter table idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (idempotency_key);
CREATE INDEX idempotency_keys_recorded ON public.idempotency_keys USING btree (recorded_at);

create table large_steps (
  series_id integer not null,
  from_time timestamp with time zone not null,
  until_time timestamp with time zone not null,
  from_value numeric not null,
  until_value numeric not null,
  recorded_at timestamp with time zone not null default now()
);
alter table large_steps add constraint large_steps_pkey PRIMARY KEY (series_id, from_time);
alter table large_steps add constraint large_steps_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table limit_thresholds (
  threshold numeric not null,
  since timestamp with time zone not null default now()
);
alter table limit_thresholds add constraint limit_thresholds_pkey PRIMARY KEY (threshold);
alter table limit_thresholds add constraint limit_thresholds_threshold_check CHECK ((threshold > (0)::numeric));

create table measurement_conflicts (
  series_id integer not null,
  hour timestamp with time zone not null,
  time timestamp with time zone not null,
  kept numeric not null,
  refused numeric not null,
  count bigint not null,
  recorded_at timestamp with time zone not null default now()
);
alter table measurement_conflicts add constraint measurement_conflicts_pkey PRIMARY KEY (series_id, hour);
alter table measurement_conflicts add constraint measurement_conflicts_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table measurements_refused (
  series_id integer not null,
  hour timestamp with time zone not null,
  reason text not null,
  time timestamp with time zone not null,
  value numeric not null,
  count bigint not null,
  recorded_at timestamp with time zone not null default now()
);
alter table measurements_refused add constraint measurements_refused_pkey PRIMARY KEY (series_id, hour, reason);
alter table measurements_refused add constraint measurements_refused_reason_check CHECK ((reason = ANY (ARRAY['before-floor'::text, 'discarded'::text])));
alter table measurements_refused add constraint measurements_refused_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table migrations (
  name text not null,
  applied_at timestamp with time zone not null default now()
);
alter table migrations add constraint migrations_pkey PRIMARY KEY (name);

create table new_series (
  key_id text not null,
  hour timestamp with time zone not null,
  count integer not null,
  waiting boolean not null default false,
  noticed_at timestamp with time zone
);
alter table new_series add constraint new_series_pkey PRIMARY KEY (key_id, hour);

create table notices (
  notice_id bigint not null generated always as identity,
  public_id uuid not null default gen_random_uuid(),
  type text collate "C" not null,
  project_id integer,
  threshold numeric,
  used_credits numeric,
  granted_credits numeric,
  details jsonb,
  occurred_at timestamp with time zone not null default now(),
  quiet boolean not null default false,
  rearmed_at timestamp with time zone,
  dispatched_at timestamp with time zone
);
alter table notices add constraint notices_pkey PRIMARY KEY (notice_id);
CREATE INDEX notices_ended ON public.notices USING btree (occurred_at) WHERE ((dispatched_at IS NOT NULL) AND ((rearmed_at IS NOT NULL) OR (project_id IS NULL)));
CREATE UNIQUE INDEX notices_forecasts ON public.notices USING btree (project_id) WHERE ((type = 'budget.ending'::text) AND (rearmed_at IS NULL));
CREATE UNIQUE INDEX notices_limits ON public.notices USING btree (project_id, threshold) WHERE ((type = 'limit.reached'::text) AND (rearmed_at IS NULL));
CREATE INDEX notices_undispatched ON public.notices USING btree (((project_id IS NULL)) DESC, notice_id) WHERE (dispatched_at IS NULL);

create table project_forecasts (
  project_id integer not null,
  computed_at timestamp with time zone not null,
  burn_day numeric not null,
  burn_week numeric not null,
  burn_month numeric not null,
  ends_earliest timestamp with time zone,
  ends_expected timestamp with time zone,
  ends_latest timestamp with time zone,
  last_time timestamp with time zone
);
alter table project_forecasts add constraint project_forecasts_pkey PRIMARY KEY (project_id);
alter table project_forecasts add constraint project_forecasts_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id);

create table projects (
  project_id integer not null generated always as identity,
  project_name text collate "C" not null,
  granted_credits numeric,
  used_credits numeric not null default 0,
  first_seen_at timestamp with time zone not null default now(),
  revision bigint not null default 0,
  portal_credits numeric,
  link_generation integer not null default 0
);
alter table projects add constraint projects_granted_credits_check CHECK ((granted_credits >= (0)::numeric));
alter table projects add constraint projects_pkey PRIMARY KEY (project_id);
alter table projects add constraint projects_portal_credits_check CHECK ((portal_credits >= (0)::numeric));
alter table projects add constraint projects_project_name_key UNIQUE (project_name);

create table rerates (
  rerate_id integer not null generated always as identity,
  project_name text collate "C",
  site text collate "C",
  request text not null,
  actor text not null,
  reason text not null,
  started_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone
);
alter table rerates add constraint rerates_pkey PRIMARY KEY (rerate_id);
CREATE UNIQUE INDEX rerates_request_idx ON public.rerates USING btree (request) WHERE (finished_at IS NULL);

create table samples_dropped (
  key_id text not null,
  hour timestamp with time zone not null,
  reason text not null,
  count bigint not null,
  recorded_at timestamp with time zone not null default now()
);
alter table samples_dropped add constraint samples_dropped_pkey PRIMARY KEY (key_id, hour, reason);

create table segments (
  series_id integer not null,
  from_time timestamp with time zone not null,
  until_time timestamp with time zone not null,
  count smallint not null,
  samples bytea not null
);
alter table segments add constraint segments_check CHECK ((from_time <= until_time));
alter table segments add constraint segments_count_check CHECK ((count > 0));
alter table segments add constraint segments_pkey PRIMARY KEY (series_id, from_time);

create table series (
  series_id integer not null generated always as identity,
  project_id integer not null,
  metric text collate "C" not null,
  site text collate "C" not null,
  resource text collate "C" not null,
  first_time timestamp with time zone,
  floor_time timestamp with time zone,
  floor_value numeric,
  floor_usage numeric,
  floor_credits numeric,
  rerate_ids integer[] not null default '{}'::integer[]
);
alter table series add constraint series_floor_check CHECK ((num_nulls(floor_time, floor_value, floor_usage, floor_credits) = ANY (ARRAY[0, 4])));
alter table series add constraint series_pkey PRIMARY KEY (series_id);
alter table series add constraint series_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id);
alter table series add constraint series_project_id_metric_site_resource_key UNIQUE (project_id, metric, site, resource);
CREATE INDEX series_rerated ON public.series USING btree (series_id) WHERE (rerate_ids <> '{}'::integer[]);

create table series_acknowledged (
  series_id integer not null,
  last_time timestamp with time zone not null,
  actor text not null,
  reason text not null,
  acknowledged_at timestamp with time zone not null default now()
);
alter table series_acknowledged add constraint series_acknowledged_pkey PRIMARY KEY (series_id);
alter table series_acknowledged add constraint series_acknowledged_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table series_heads (
  series_id integer not null,
  last_time timestamp with time zone,
  last_value numeric,
  hour_usage numeric not null default 0,
  hour_credits numeric not null default 0,
  open_peak_time timestamp with time zone,
  open_peak_value numeric,
  open_drop_time timestamp with time zone,
  segment_from timestamp with time zone,
  segment_count smallint not null default 0,
  segment_step_ms bigint not null default 0,
  segment_decimals smallint not null default 0,
  segment bytea not null default '\x'::bytea,
  last_key text,
  key_before text,
  largest_pace double precision not null default 0
);
alter table series_heads add constraint series_heads_open_drop_check CHECK ((num_nulls(open_peak_time, open_peak_value, open_drop_time) = ANY (ARRAY[0, 3])));
alter table series_heads add constraint series_heads_pkey PRIMARY KEY (series_id);
alter table series_heads add constraint series_heads_segment_check CHECK ((((segment_count = 0) = (segment_from IS NULL)) AND ((segment_count = 0) = (segment = '\x'::bytea))));
alter table series_heads add constraint series_heads_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table settings (
  key text not null,
  value jsonb not null,
  recorded_at timestamp with time zone not null default now()
);
alter table settings add constraint settings_pkey PRIMARY KEY (key);

create table silent_series (
  series_id integer not null,
  silent_since timestamp with time zone not null,
  noticed_at timestamp with time zone not null default now()
);
alter table silent_series add constraint silent_series_pkey PRIMARY KEY (series_id);
alter table silent_series add constraint silent_series_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(series_id);

create table sites (
  site text collate "C" not null,
  silent_since timestamp with time zone,
  reports_since timestamp with time zone
);
alter table sites add constraint sites_pkey PRIMARY KEY (site);

create table statement_lines (
  project_id integer not null,
  month text not null,
  used_in text not null,
  metric text collate "C" not null,
  unit text not null,
  site text collate "C" not null,
  usage numeric not null,
  credits numeric not null
);
alter table statement_lines add constraint statement_lines_pkey PRIMARY KEY (project_id, month, used_in, metric, site);
alter table statement_lines add constraint statement_lines_project_id_month_fkey FOREIGN KEY (project_id, month) REFERENCES statements(project_id, month);

create table statements (
  project_id integer not null,
  month text not null,
  closed_at timestamp with time zone not null,
  used_credits numeric not null,
  adjustment_ids bigint[] not null,
  body text not null,
  sha256 text not null
);
alter table statements add constraint statements_pkey PRIMARY KEY (project_id, month);
alter table statements add constraint statements_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id);

create table tariffs (
  tariff_id integer not null generated always as identity,
  metric text collate "C" not null,
  kind text not null,
  unit text not null,
  dip_window_ms bigint,
  max_gap_ms bigint not null,
  credits numeric not null,
  valid_from timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  actor text not null,
  rerate_id integer,
  max_rate numeric
);
alter table tariffs add constraint tariffs_credits_check CHECK ((credits >= (0)::numeric));
alter table tariffs add constraint tariffs_dip_window_ms_check CHECK ((dip_window_ms >= 0));
alter table tariffs add constraint tariffs_kind_check CHECK ((kind = ANY (ARRAY['counter'::text, 'gauge'::text, 'delta'::text])));
alter table tariffs add constraint tariffs_max_gap_ms_check CHECK ((max_gap_ms > 0));
alter table tariffs add constraint tariffs_max_rate_check CHECK ((max_rate > (0)::numeric));
alter table tariffs add constraint tariffs_pkey PRIMARY KEY (tariff_id);
alter table tariffs add constraint tariffs_rerate_id_fkey FOREIGN KEY (rerate_id) REFERENCES rerates(rerate_id);
CREATE INDEX tariffs_metric_valid_from_idx ON public.tariffs USING btree (metric, valid_from);

create table verifications (
  verification_id bigint not null generated always as identity,
  scope text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone not null default clock_timestamp(),
  after_project_id integer not null,
  last_project_id integer not null,
  projects integer not null,
  drifting integer not null,
  drifts jsonb not null
);
alter table verifications add constraint verifications_pkey PRIMARY KEY (verification_id);
alter table verifications add constraint verifications_scope_check CHECK ((scope = ANY (ARRAY['recent'::text, 'slice'::text])));

CREATE OR REPLACE FUNCTION public.add_hours(numeric[], numeric[])
 RETURNS numeric[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select array(
    select nullif(coalesce(one, 0) + coalesce(other, 0), 0)
      from unnest($1, $2) with ordinality as hours (one, other, position)
     order by position
  )
$function$;

create view hourly_costs as
 SELECT daily_costs.series_id,
    (((daily_costs.day)::timestamp without time zone AT TIME ZONE 'UTC'::text) + (((hours."position" - 1))::double precision * '01:00:00'::interval)) AS hour,
    hours.usage,
    COALESCE(hours.credits, (0)::numeric) AS credits
   FROM (daily_costs
     CROSS JOIN LATERAL UNNEST(daily_costs.usage, daily_costs.credits) WITH ORDINALITY hours(usage, credits, "position"))
  WHERE (hours.usage IS NOT NULL)
UNION ALL
 SELECT series_heads.series_id,
    date_trunc('hour'::text, series_heads.last_time, 'UTC'::text) AS hour,
    series_heads.hour_usage AS usage,
    series_heads.hour_credits AS credits
   FROM series_heads
  WHERE (series_heads.hour_usage <> (0)::numeric);
