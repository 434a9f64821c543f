import { describe, expect, test } from "@jest/globals";
import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { withPool } from "../../../lib/postgres/database/pool.ts";
import type { RunningStack } from "../../support/servers/stack.ts";
import {
  creditsWhen,
  fullHour,
  readCredits,
  send,
  sendJson,
} from "../../support/servers/stack-client.ts";

/** From an HTTP request to credits. */
export function measurementScenarios(running: () => RunningStack, settled: () => Promise<void>) {
  describe("measurements posted to the stack", () => {
    test("become credits at the price, counted from the first one", async () => {
      const project_name = "e2e first steps";
      const metric = "project_vcpu_usage";
      const first = { project_name, metric, value: 120, time: fullHour(2) };
      expect(await sendJson(running(), [first])).toBe(202);
      const second = { project_name, metric, value: "128.5", time: fullHour(1) };
      expect(await sendJson(running(), [second])).toBe(202);
      expect(await creditsWhen(running(), project_name, "8.5")).toBe("8.5");
    });

    test("are shown on a page, with all that it brings along", async () => {
      const { baseUrl, keys } = running();
      const headers = { "X-API-KEY": keys.read };
      const page = await fetch(`${baseUrl}/credits_history/e2e%20first%20steps`, { headers });
      const text = await page.text();
      expect([page.status, text.match(/<h1.*<\/h1>/)?.[0]]).toEqual([
        200,
        '<h1 dir="auto">e2e first steps</h1>',
      ]);
      expect(text).toContain('<data value="8.5" title="8.5">8.5</data>');
      const paths = text.match(/(?<=")\/assets\/[^"]+/g) ?? [];
      const answers = await Promise.all(paths.map((path) => fetch(baseUrl + path)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });

    test("are summed over metrics, each at its price, and over sites, which never mix", async () => {
      const project_name = "e2e two sites";
      const series = (metric: string, site: string, value: number, hours: number) => ({
        project_name,
        metric,
        site,
        value,
        time: fullHour(hours),
      });
      const measurements = [
        series("project_vcpu_usage", "8676", 1_000, 3),
        series("project_vcpu_usage", "6544", 10, 3),
        series("project_mb_usage", "8676", 500, 3),
        series("project_vcpu_usage", "8676", 1_003, 2),
        series("project_vcpu_usage", "6544", 12, 2),
        series("project_mb_usage", "8676", 510, 2),
      ];
      expect(await sendJson(running(), measurements)).toBe(202);
      expect(await creditsWhen(running(), project_name, "8.0")).toBe("8.0");
    });

    test("are held where nobody can have used so much, under the key that sent them", async () => {
      const project_name = "e2e held";
      const metric = "project_vcpu_usage";
      const values = [0, 8, 2_000_000].map((value, index) => ({
        project_name,
        metric,
        value,
        time: fullHour(3 - index),
      }));
      expect(await sendJson(running(), values)).toBe(202);
      expect(await creditsWhen(running(), project_name, "8.0")).toBe("8.0");
      const database = databaseAt({ connectionString: running().databaseUrl });
      const limits = { connectionsMax: 1, statementTimeoutMs: 10_000 };
      await withPool(database, limits, async (pool) => {
        const { rows } = await pool.query(
          `select last_key, held_increases.usage::int4
             from projects join series using (project_id) join series_heads using (series_id)
             join held_increases using (series_id)
            where project_name = $1`,
          [project_name],
        );
        expect(rows).toEqual([{ last_key: "local-ingest", usage: 1_999_992 }]);
      });
    });

    test("are taken whatever cookies a proxy has added", async () => {
      const headers = { "Content-Type": "application/json", Cookie: 'session="a b"; ;=;{}' };
      expect(await send(running(), "/measurements", '{"measurements":[]}', headers)).toBe(202);
    });

    test("change nothing when they are posted again", async () => {
      const project_name = "e2e again";
      const metric = "project_vcpu_usage";
      const measurements = [1, 5, 6].map((value, index) => ({
        project_name,
        metric,
        value,
        time: fullHour(3 - index),
      }));
      for (let times = 0; times < 3; times++) {
        expect(await sendJson(running(), measurements)).toBe(202);
      }
      await settled();
      expect(await readCredits(running(), project_name)).toBe("5.0");
    });
  });
}
