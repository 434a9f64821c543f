-- So that what nobody asks for any more is found without looking at everything.

create index idempotency_keys_recorded on idempotency_keys (recorded_at);
create index notices_ended on notices (occurred_at)
  where dispatched_at is not null and (rearmed_at is not null or project_id is null);
