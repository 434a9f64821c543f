import type { SeriesKey } from "../billing/measurement.ts";
import type { Refusal } from "./refusals.ts";

export type NameField = "metric" | "project" | "site" | "resource";

export const nameLengthMax = 256;

/** PostgreSQL cannot store NUL, and no other control character has a place in a name. */
const controlCharacter = /\p{Cc}/u;

/** No path can name such a project: URLs take `.` and `..` for steps, and a name of blanks for no name. */
const unaddressable = /^(?:\.|\.\.|\s+)$/;

/** A name is stored byte for byte or refused: trimming or folding it would merge two projects. */
export function checkName(field: NameField, name: string): Refusal | undefined {
  const fits = name.length > 0 && name.length <= nameLengthMax;
  const isSound = fits && !controlCharacter.test(name) && name.isWellFormed();
  if (isSound && !(field === "project" && unaddressable.test(name))) return undefined;
  return refuseName(field, name);
}

function refuseName(field: NameField, name: string): Refusal | undefined {
  if (name === "") return refuseEmptyName(field);
  const code = `${field}-invalid` as const;
  // Counted as PostgreSQL counts: one character outside the basic plane is two code units.
  const length = [...name.slice(0, 2 * nameLengthMax + 2)].length;
  if (length > nameLengthMax) {
    return { code, detail: `shorten the ${field} to ${nameLengthMax} characters` };
  }
  if (controlCharacter.test(name)) {
    return { code, detail: `remove the control characters from the ${field}` };
  }
  if (!name.isWellFormed()) {
    return { code, detail: `the ${field} holds half a surrogate pair: send whole characters` };
  }
  if (field === "project" && unaddressable.test(name)) {
    return { code, detail: "rename the project: no path can hold this name (`.`, `..`, blanks)" };
  }
  return undefined;
}

function refuseEmptyName(field: NameField): Refusal | undefined {
  switch (field) {
    case "project":
      return { code: "project-missing", detail: "name the project in `project_name`" };
    case "metric":
      return { code: "metric-invalid", detail: "name the metric" };
    default:
      return undefined;
  }
}

export function checkSeries(series: SeriesKey): Refusal | undefined {
  return (
    checkName("project", series.projectName) ??
    checkName("metric", series.metric) ??
    checkName("site", series.site) ??
    checkName("resource", series.resource)
  );
}
