import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import { context, encodeUtf8 } from "../../support/formats/decode-context.ts";
import { item } from "./json-body.ts";
import { name, sound, versions } from "./remote-write/remote-write-series.ts";

/** A body with one measurement of a project of this name. */
const formats = [
  ...versions.map(({ version, decode }) => ({
    format: `remote write ${version}`,
    decode: (project: string) => decode({ ...sound, labels: [name, ["project_name", project]] }),
  })),
  {
    format: "text exposition",
    decode: (project: string) => {
      const page = `project_vcpu_usage{project_name="${project}"} 1\n`;
      return decodeExposition(encodeUtf8(page), context, "prometheus");
    },
  },
  {
    format: "line protocol",
    decode: (project: string) => {
      const written = project.replaceAll(" ", "\\ ");
      const line = `project_vcpu_usage,project_name=${written} value=1`;
      return decodeLineProtocol(encodeUtf8(line), context);
    },
  },
  {
    format: "JSON",
    decode: (project_name: string) =>
      decodeJson(
        encodeUtf8(JSON.stringify({ measurements: [{ ...item, project_name }] })),
        context,
      ),
  },
];

describe.each(formats)("$format", ({ decode }) => {
  test.each([".", "..", " ", "   ", "\u00a0", "\u2003 "])("refuses the project %j", (project) => {
    expect(decode(project)).toMatchObject({
      measurements: [],
      faults: [
        {
          code: "project-invalid",
          detail: "rename the project: no path can hold this name (`.`, `..`, blanks)",
        },
      ],
    });
  });

  test.each(["...", ".a", " .", "a b", "/", "%2F"])("takes the project %j", (projectName) => {
    expect(decode(projectName)).toMatchObject({ measurements: [{ projectName }], faults: [] });
  });
});
