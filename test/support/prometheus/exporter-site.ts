import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { freePort } from "../../../localstack/machine/ports.ts";

/** One project of a site: how its totals begin, and what every scrape finds added to them. */
export interface SiteProject {
  readonly projectName: string;
  readonly projectId: string;
  readonly vcpu: Total;
  readonly mb: Total;
}

export interface Total {
  readonly from: number;
  readonly step: number;
}

type Write = (total: number) => string;

/** Exporters write floats in either way. */
const notations: readonly Write[] = [String, (total) => total.toExponential()];

/** A site exporter's page over HTTP. Totals rise with every scrape, as floats do: not by round numbers. */
export class ExporterSite {
  readonly port: number;
  readonly #projects: readonly SiteProject[];
  #server: Server | undefined;
  #scrapes = 0;
  #hasBegunAnew = false;
  #badPages = 0;
  isRising = true;

  private constructor(projects: readonly SiteProject[], port: number) {
    this.#projects = projects;
    this.port = port;
  }

  static async start(projects: readonly SiteProject[]): Promise<ExporterSite> {
    const site = new ExporterSite(projects, await freePort());
    await site.start();
    return site;
  }

  async start(): Promise<void> {
    this.#server = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      response.end(this.#page());
    });
    await once(this.#server.listen(this.port, "127.0.0.1"), "listening");
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** As an exporter that is started again without a start date: from now on totals count from 0. */
  beginAnew(): void {
    this.#scrapes = 0;
    this.#hasBegunAnew = true;
  }

  /** The next pages show half of what was used, and not a word of the first project. */
  answerBadPages(pages: number): void {
    this.#badPages = pages;
  }

  #page(): string {
    if (this.isRising) this.#scrapes += 1;
    const isBad = this.#badPages > 0;
    if (isBad) this.#badPages -= 1;
    const projects = isBad ? this.#projects.slice(1) : this.#projects;
    const lines = (["vcpu", "mb"] as const).flatMap((kind) => [
      `# HELP project_${kind}_usage Total ${kind} usage`,
      `# TYPE project_${kind}_usage gauge`,
      ...projects.map((project, index) => {
        const { from, step } = project[kind];
        const total = (this.#hasBegunAnew ? 0 : from) + this.#scrapes * step;
        const write = notations[index % notations.length] as Write;
        return `project_${kind}_usage{${labelsOf(project)}} ${write(isBad ? total / 2 : total)}`;
      }),
    ]);
    return `${lines.join("\n")}\n`;
  }
}

function labelsOf({ projectName, projectId }: SiteProject): string {
  const labels = {
    domain_id: "default",
    domain_name: "elixir",
    project_id: projectId,
    project_name: projectName,
  };
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`)
    .join(",");
}
