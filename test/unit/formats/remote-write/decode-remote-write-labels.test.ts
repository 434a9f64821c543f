import { describe, expect, test } from "@jest/globals";
import { measurement, nowMs } from "../../../support/formats/decode-context.ts";
import type { Label, Series } from "../../../support/formats/remote-write-body.ts";
import { counts, name, project, sound, versions } from "./remote-write-series.ts";

describe.each(versions)("remote write $version", ({ decode }) => {
  describe("labels that break the specification refuse their series only", () => {
    const utf8 = new Uint8Array([0x61, 0xff]);

    test.each<readonly [string, readonly Label[], string]>([
      ["no name", [project], "labels-invalid"],
      ["an empty name", [["__name__", ""], project], "labels-invalid"],
      ["no label at all", [], "labels-invalid"],
      ["a name that is not UTF-8", [["__name__", utf8], project], "labels-invalid"],
      ["a label twice", [name, project, project], "labels-invalid"],
      ["a label twice, but not in a row", [project, name, project], "labels-invalid"],
      [
        "two names, of which one has no price",
        [name, ["__name__", "up"], project],
        "labels-invalid",
      ],
      ["an empty label name", [["", "x"], name, project], "labels-invalid"],
      ["an empty name of the metric", [["__name__", ""], project], "labels-invalid"],
      ["an empty project", [name, ["project_name", ""]], "project-missing"],
      ["a label twice, once empty", [name, ["job", ""], ["job", "x"], project], "labels-invalid"],
      ["a project twice, once empty", [name, ["project_name", ""], project], "labels-invalid"],
      ["no project", [name], "project-missing"],
      ["a project that is not UTF-8", [name, ["project_name", utf8]], "labels-invalid"],
      ["a project with NUL", [name, ["project_name", "a\0b"]], "project-invalid"],
      ["a project that is too long", [name, ["project_name", "x".repeat(257)]], "project-invalid"],
      ["a site that is too long", [name, ["location", "x".repeat(257)], project], "site-invalid"],
      ["a resource with a line feed", [name, ["project_id", "\n"], project], "resource-invalid"],
    ])("%s", (_, labels, code) => {
      const broken: Series = {
        labels,
        samples: [
          [1, nowMs],
          [2, nowMs],
        ],
        exemplars: 1,
      };
      expect(decode(sound, broken, sound)).toMatchObject({
        measurements: [measurement(), measurement()],
        faults: [{ at: "timeseries 1", code }],
        written: counts(2),
      });
    });

    test("a label with an empty value is absent", () => {
      const labels: Label[] = [
        name,
        ["job", ""],
        ["location_id", ""],
        ["location", "b"],
        ["project_id", ""],
        project,
      ];
      expect(decode({ ...sound, labels })).toMatchObject({
        measurements: [measurement({ site: "b" })],
        faults: [],
      });
    });

    test.each<readonly [string, readonly Label[]]>([
      ["sorted by bytes", [["Zone", "a"], name, ["a", "b"], ["aa", "b"], project, ["über", "a"]]],
      ["in reverse", [project, ["instance", "a"], name]],
      ["in another order than those before", [["job", "x"], project, ["a", "b"], name]],
    ])("labels may come %s", (_, labels) => {
      expect(decode(sound, { ...sound, labels }, sound)).toMatchObject({
        measurements: [measurement(), measurement(), measurement()],
        faults: [],
      });
    });

    test("what is twice is noticed in every series, also after very many names of labels", () => {
      const series = Array.from({ length: 5_000 }, (_, index) => [
        { ...sound, labels: [name, project, [`label${index}`, "x"]] as const },
        { ...sound, labels: [name, project, project] },
      ]).flat();
      const { measurements, faultCount } = decode(...series);
      expect([measurements.length, faultCount]).toEqual([5_000, 5_000]);
    });

    test("other labels of a billed series need not be text", () => {
      const labels: Label[] = [name, ["job", utf8], project];
      expect(decode({ ...sound, labels })).toMatchObject({
        measurements: [measurement()],
        faults: [],
      });
    });
  });
});
