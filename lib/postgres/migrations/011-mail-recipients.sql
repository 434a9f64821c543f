-- A mailbox that is full for now must not cost the others the same mail again at every try.

alter table deliveries add column recipients jsonb not null default '{}';
comment on column deliveries.recipients is 'of mails: who has got it (delivered) or was refused it for good (refused); they are not sent it again';
