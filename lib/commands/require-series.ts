import type { Pool } from "../postgres/database/pool.ts";
import { selectScopeMatches } from "../postgres/operations/queries/select-scope-matches.ts";
import type { SeriesScope } from "../usecases/ledger/stored-series.ts";

const namedMax = 20;

/** Throws where the scope matches no series, because a name was mistyped: says which one, and lists the known ones. */
export async function requireSeries(pool: Pool, scope: SeriesScope): Promise<void> {
  const found = await selectScopeMatches(pool, scope, namedMax + 1);
  if (found.series > 0) return;
  // Each option narrows down the series that the ones before it left, so the last with a choice left none.
  const options = [
    { option: "--project", value: scope.projectName, names: found.projects },
    { option: "--site", value: scope.site, names: found.sites },
    { option: "--metric", value: scope.metric, names: found.metrics },
    { option: "--resource", value: scope.resource, names: found.resources },
  ];
  const chosen = options.filter(({ names }) => names !== null);
  const names = chosen.at(-1)?.names;
  if (!names) throw new Error("nothing was ever measured: there are no series");
  const given = chosen.flatMap(({ option, value }) =>
    value === null ? [] : [`${option} ${quoted(value)}`],
  );
  const shown = [
    ...names.slice(0, namedMax).map(quoted),
    ...(names.length > namedMax ? ["…"] : []),
  ];
  throw new Error(`no series matches ${given.join(" ")}; there are: ${shown.join(", ")}`);
}

const quoted = (name: string) => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
