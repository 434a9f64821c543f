import { ExporterSite, type SiteProject } from "../support/prometheus/exporter-site.ts";
import type { ScrapeTarget } from "../support/prometheus/prometheus.ts";

export interface Sites extends AsyncDisposable {
  readonly bielefeld: ExporterSite;
  readonly giessen: ExporterSite;
  readonly targets: readonly ScrapeTarget[];
}

/** Names that have to survive a page, two protocols, a queue, a database and the path of a URL. */
const names = [
  "credits",
  `Zoë's "plant" genomes, part 2`,
  "back\\slash, \\n is no line feed",
  "50 % & more? yes/no #1",
  "%2F+%25",
  "日本 ゲノム 🧬",
  "'; drop table projects; --",
];

/** From totals that are nearly nothing to such that leave a float64 few digits for the step. */
const projectsOf = (site: string): SiteProject[] =>
  names.map((projectName, index) => ({
    projectName,
    projectId: `${site}${index}`,
    vcpu: { from: 1.1 * 10 ** (2 * index - 6), step: 0.1 / 3 ** (index + 1) },
    mb: { from: 12.5 ** index, step: 1.1e-7 * 17 ** index },
  }));

/** `credits` runs at both sites, and at one of them as two OpenStack projects. */
export async function startSites(): Promise<Sites> {
  const [first] = projectsOf("again");
  const bielefeld = await ExporterSite.start([...projectsOf("bi"), ...(first ? [first] : [])]);
  const giessen = await ExporterSite.start(projectsOf("gi"));
  // Behind their proxies all exporters have the same name.
  const instance = "site_exporter:8080";
  return {
    bielefeld,
    giessen,
    targets: [
      {
        port: bielefeld.port,
        labels: { instance, location: "bielefeld", location_id: "8676" },
      },
      { port: giessen.port, labels: { instance, location: "giessen", location_id: "6544" } },
    ],
    [Symbol.asyncDispose]: async () => {
      await Promise.all([bielefeld.stop(), giessen.stop()]);
    },
  };
}

export const projectNames: readonly string[] = names;
