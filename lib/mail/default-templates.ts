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

{{page_line}}

${ending}`,
  },
  "budget.ending": {
    subject: "Credits of Project {{project_name}} end within {{within_days}} days",
    text: `At the rate of the last weeks, the granted credits of project {{project_name}} end on {{expected}}, give or take: between {{earliest}} and {{latest}}.

It has used {{used_credits}} of {{granted_credits}}.

{{page_line}}

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
  "series.doubtful": {
    subject: "The bill of {{series_count}} series of site {{site}} is doubtful: {{reason}}",
    text: `Please look at {{series_count}} series of site {{site}} ({{reason}}):

{{series}}

What can be done: {{remedy}}. To be told no more until it begins anew: npm run acknowledge -- --kind {{reason}}.

${ending}`,
  },
  "series.settled": {
    subject: "No longer doubtful: {{series_count}} series of site {{site}} ({{reason}})",
    text: `This is over for {{series_count}} series of site {{site}} ({{reason}}):

{{series}}

${ending}`,
  },
  "key.limited": {
    subject: "Key {{key}} has made {{series_count}} new series in an hour",
    text: `In the hour of {{hour}} the key {{key}} has made {{series_count}} new series, as many as NEW_SERIES_PER_HOUR permits.

More of them wait on the queue for the next hour; those that were known before are billed. If this is no mistake, raise NEW_SERIES_PER_HOUR; if it is one, stop the sender.

${ending}`,
  },
};
