/**
 * The path and query under which a project is read, such as `/credits_history/genomics?lang=de`. Names that
 * a gateway might decode before it cuts the path into its parts stand in the query.
 */
export function projectAddress(
  route: string,
  projectName: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const inPath = standsInPath(projectName);
  const path = inPath ? `${route}/${encodeURIComponent(projectName)}` : route;
  const named = inPath ? query : { project_name: projectName, ...query };
  const search = new URLSearchParams(named).toString();
  return search === "" ? path : `${path}?${search}`;
}

export const standsInPath = (projectName: string): boolean => !/[/\\%?#+]/.test(projectName);
