/** A notice as it is read, with the name of its project; amounts as text, times as Unix milliseconds. */
export const noticeColumns = `
  notices.notice_id, public_id, type, project_name, link_generation, trim_scale(threshold)::text as threshold,
  notices.used_credits, notices.granted_credits, details,
  floor(extract(epoch from occurred_at) * 1000)::float8 as at_ms`;
