import type { ProjectsScope } from "../../../usecases/reading/projects-list.ts";

/**
 * Every project that is looked for, as the statements below see it: what it used, what was forecast of it,
 * and its state. When it was measured last is looked up only where the state or the order depends on it:
 * what was measured when the forecast was computed is no older than that.
 */
export const listedProjects = `
  select projects.project_id, project_name, used_credits, granted_credits,
         granted_credits - used_credits as remaining_credits,
         computed_at, burn_day, burn_week, burn_month, ends_earliest, ends_expected, ends_latest,
         live.last_time,
         case
           when granted_credits < used_credits then 'over'
           when ends_expected <= $5::timestamptz then 'warn'
           when granted_credits = used_credits and granted_credits > 0 then 'warn'
           when live.last_time < $6::timestamptz then 'silent'
           when granted_credits is null then 'no-grant'
           else 'ok'
         end as state
    from projects
    left join project_forecasts using (project_id)
    left join lateral (
           select max(series_heads.last_time) as last_time
             from series
             join series_heads using (series_id)
            where series.project_id = projects.project_id
              and ($7::bool or project_forecasts.last_time is null
                   or project_forecasts.last_time < $6::timestamptz)
         ) as live on true
   where ($1::text is null
          or strpos(lower(normalize(project_name) collate "und-x-icu"),
                    lower(normalize($1::text) collate "und-x-icu")) > 0)
     and ($2::text[] is null or project_name = any ($2::text[]))
     and ($3::text is null or exists (
           select from series where series.project_id = projects.project_id and site = $3::text))
     and ($4::text is null or exists (
           select from series where series.project_id = projects.project_id and site = $4::text))`;

/** The parameters of the above; `needsTimes`: the last measurement of every project is to be known. */
export const scopeValues = (scope: ProjectsScope, needsTimes: boolean): readonly unknown[] => [
  scope.search,
  scope.projects,
  scope.site,
  scope.ownSite,
  new Date(scope.warnUntilMs),
  new Date(scope.silentBeforeMs),
  needsTimes,
];
