-- What senders sent and was not billed: counted, because nobody else sees it.

create table samples_dropped (
  key_id      text not null,
  hour        timestamptz not null,
  reason      text not null,
  count       bigint not null,
  recorded_at timestamptz not null default now(),
  primary key (key_id, hour, reason)
);
comment on table samples_dropped is 'samples that were left out at ingestion, per key, hour of arrival and reason; a message that comes twice counts twice';
