import type { NoticeType } from "../usecases/notices/notice.ts";

interface TemplateSource {
  readonly subject: string;
  readonly text: string;
}

const ending = "-- \nOpenStack Credits, notice {{id}} of {{at}}\n";

/** The mails where the operator has no templates; the HTML is made of the text. */
export const defaultTemplates: Readonly<Record<NoticeType, TemplateSource>> = {
  "limit.reached": {
    subject: "{{percent_left}}% Credits left for Project {{project_name}}",
    text: `Project {{project_name}} has reached {{threshold}} % of its granted credits: it has used {{used_credits}} of {{granted_credits}}.

{{balance}}.

${ending}`,
  },
  "budget.ending": {
    subject: "Credits of Project {{project_name}} end within {{within_days}} days",
    text: `At the rate of the last weeks, the granted credits of project {{project_name}} end on {{expected}}, give or take: between {{earliest}} and {{latest}}.

It has used {{used_credits}} of {{granted_credits}}.

${ending}`,
  },
  "site.silent": {
    subject: "Site {{site}} reports no usage",
    text: `No measurement of site {{site}} has come since {{silent_since}}.

Its {{series_count}} series are not billed until it reports again.

${ending}`,
  },
  "site.reporting": {
    subject: "Site {{site}} reports usage again",
    text: `Measurements of site {{site}} come again; it had been silent since {{silent_since}}.

It has {{series_count}} series.

${ending}`,
  },
  "series.silent": {
    subject: "{{series_count}} series of site {{site}} report no usage",
    text: `Site {{site}} reports, but no measurement of {{series_count}} of its series comes any more:

{{series}}

${ending}`,
  },
  "series.reporting": {
    subject: "{{series_count}} series of site {{site}} report usage again",
    text: `Measurements of {{series_count}} series of site {{site}} come again, which had been silent:

{{series}}

${ending}`,
  },
};
