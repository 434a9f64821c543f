import type pg from "pg";

const tables = `
  select c.relname as name,
         string_agg(
           format('  %s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                  case when co.collname is null or co.collname = 'default' then '' else format(' collate %I', co.collname) end,
                  case when a.attnotnull then ' not null' else '' end,
                  case when a.attidentity <> '' then ' generated always as identity'
                       when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end),
           E',\\n' order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_collation co on co.oid = a.attcollation
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
     and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
   group by c.relname
   order by c.relname`;

// Not-null constraints are rows of their own from PostgreSQL 18 on; the columns say them already.
const constraints = `
  select conrelid::regclass::text as name, conname, pg_get_constraintdef(oid) as definition
    from pg_constraint
   where connamespace = 'public'::regnamespace and contype <> 'n'
   order by 1, 2`;

const indexes = `
  select tablename as name, indexdef
    from pg_indexes
   where schemaname = 'public'
     and indexname not in (select conname from pg_constraint where connamespace = 'public'::regnamespace)
   order by indexname`;

const functions = `
  select pg_get_functiondef(oid) as definition
    from pg_proc
   where pronamespace = 'public'::regnamespace
     and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
   order by proname`;

const views = `
  select format(E'create view %I as\n%s', viewname, definition) as definition
    from pg_views
   where schemaname = 'public'
     and not exists (select from pg_depend where objid = viewname::regclass and deptype = 'e')
   order by viewname`;

/** The schema as text: the same on every server that the migrations run on. */
export async function describeSchema(pool: pg.Pool): Promise<string> {
  const [tableRows, constraintRows, indexRows] = [
    (await pool.query<{ name: string; columns: string }>(tables)).rows,
    (await pool.query<{ name: string; conname: string; definition: string }>(constraints)).rows,
    (await pool.query<{ name: string; indexdef: string }>(indexes)).rows,
  ];
  const definitionsOf = async (query: string, end: string) =>
    (await pool.query<{ definition: string }>(query)).rows.map(
      (row) => row.definition.trim() + end,
    );
  const definitions = [
    ...(await definitionsOf(functions, ";")),
    ...(await definitionsOf(views, "")),
  ];
  const parts = tableRows.map(({ name, columns }) => {
    const own = [
      ...constraintRows
        .filter((row) => row.name === name)
        .map((row) => `alter table ${name} add constraint ${row.conname} ${row.definition};`),
      ...indexRows.filter((row) => row.name === name).map((row) => `${row.indexdef};`),
    ];
    return [`create table ${name} (\n${columns}\n);`, ...own].join("\n");
  });
  return `-- What the migrations make; test/integration/ledger/migrate.test.ts keeps it so.\n\n${[...parts, ...definitions].join("\n\n")}\n`;
}
