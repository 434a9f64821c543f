-- A site that is silent is told at once, however many projects wait to be told of their limits.

alter table deliveries add column to_operators boolean not null default false;
comment on column deliveries.to_operators is 'these go before those to projects, which get a share of each claim';
update deliveries
   set to_operators = true
  from notices
 where notices.notice_id = deliveries.notice_id
   and project_id is null;

drop index deliveries_due;
create index deliveries_due on deliveries (channel, to_operators, next_try_at) where state = 'due';

drop index notices_undispatched;
create index notices_undispatched on notices ((project_id is null) desc, notice_id) where dispatched_at is null;
