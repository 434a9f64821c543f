alter table projects add column link_generation integer not null default 0;

comment on column projects.link_generation is
  'grows when the links that open the project are revoked: only those of this generation count';
