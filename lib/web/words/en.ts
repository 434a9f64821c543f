import type { Words } from "./words.ts";

export const en: Words = {
  language: "en",
  creditsOfProject: "Credits of project",
  measuredUntil: (when, ago) => `Measured until ${when}, ${ago}.`,
  neverMeasured: "Nothing has been measured yet.",
  siteSilent: (site, since) => `${site}: silent since ${since}.`,
  timeZone: "Time zone",
  show: "Show",

  left: "Left",
  over: "Over the grant",
  overBy: (credits) => `${credits} over`,
  overSince: (when) => `Over since ${when}.`,
  used: "Used",
  ofGranted: (granted, used) => `of ${granted} granted; ${used} used`,
  noGrant: (used) => `Nobody has granted credits yet; ${used} used.`,
  pending: (credits) =>
    `${credits} pending: a counter fell, and it is decided within hours whether it counts.`,
  held: (credits) => `${credits} held back: a counter rose by more than can be true.`,

  goneAbout: "Gone about",
  between: (earliest, latest) => `Between ${earliest} and ${latest}`,
  notBefore: (earliest) => `Not before ${earliest}`,
  ifItGoesOn: "if it goes on as in the last day, week or month.",
  isGone: "All of it is gone.",
  noDate: "No date",
  noDateWithoutGrant: "Without a grant there is nothing that could end.",
  noDateWithoutUsage: "Nothing was used in the last 30 days, so no date can be given.",
  moreThanTenYears: "If it goes on like this, in more than ten years.",
  tooLittle: "Measured for less than a day: too little to say.",

  nowCosts: "Now costs",
  aDay: (credits) => `${credits} a day`,
  lastWeek: "Mean of the last 7 days",
  moreThanBefore: (percent) => `${percent} more than in the 7 days before.`,
  lessThanBefore: (percent) => `${percent} less than in the 7 days before.`,
  sameAsBefore: "as much as in the 7 days before.",
  nothingBefore: "nothing in the 7 days before.",

  whenGone: "When it will be gone",
  usedAgainstGranted: "Used credits against granted",
  granted: (credits) => `granted ${credits}`,
  expected: "expected",
  correctedHere: "adjusted by hand",

  spentOn: "What it was spent on",
  ranges: { day: "Day", week: "Week", month: "Month", year: "Year" },
  earlier: "Earlier",
  later: "Later",
  creditsPer: {
    hour: "Credits an hour",
    day: "Credits a day",
    month: "Credits a month",
  },
  fromUntil: (from, until) => `${from} to ${until}`,
  nothingInRange: "Nothing was used in this range.",
  hint: "Drag over bars to look closer. With the keyboard: arrows move left and right, Shift and arrows mark, Enter opens.",
  incomplete: "incomplete",
  noData: "no data",
  corrected: "corrected",
  adjustments: "Adjustments",
  metrics: { project_vcpu_usage: "vCPU", project_mb_usage: "Memory" },

  table: "Table",
  files: { csv: "CSV", "csv-excel": "CSV for Excel with decimal commas" },
  start: "Start",
  credits: "Credits",
  sum: "Sum",
  remarks: "Remarks",
  closer: "closer",

  linkOpens: (until) => `This link opens this project until ${until} and shows nothing else.`,

  records: "Corrections and grants",
  noRecords: "There are none.",
  grantSet: (credits) => `${credits} granted`,
  adjusted: (credits) => `Adjusted by ${credits}`,
  hoursCorrected: (before, after) => `${before} became ${after}`,
  by: (actor) => `by ${actor}`,
  reasons: {
    late: "measurements came late",
    "re-rating": "new prices for past hours",
    discard: "measurements were discarded",
    hold: "a held increase was decided",
  },

  refusals: {
    "key-missing": {
      title: "This page needs a link",
      advice: "Open it by the link in a notice, or ask whoever sent you here for one.",
    },
    "link-invalid": {
      title: "This link does not open this page",
      advice: "It may be incomplete, or it was revoked. Ask for a new one.",
    },
    "link-expired": { title: "This link is over", advice: "Ask for a new one." },
    "project-unknown": {
      title: "There is no such project",
      advice: "Nothing was measured for a project of this name yet.",
    },
    unavailable: {
      title: "The figures cannot be read now",
      advice: "Nothing is lost. Try again in a minute.",
    },
    other: { title: "This page cannot be shown", advice: "The reason is:" },
  },
};
