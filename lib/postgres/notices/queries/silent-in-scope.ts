/**
 * The series of a scope ($1 project, $2 site, $3 metric, $4 resource, null: all) that have no measurement
 * since $5: those that are acknowledged and those that are counted as silent must be the same.
 */
export const silentInScope = `
      from series
      join projects using (project_id)
     where ($1::text is null or project_name = $1::text)
       and ($2::text is null or site = $2::text)
       and ($3::text is null or metric = $3::text)
       and ($4::text is null or resource = $4::text)
       and last_time < $5::timestamptz`;
