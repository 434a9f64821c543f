import type { Words } from "./words.ts";

export const de: Words = {
  language: "de",
  creditsOfProject: "Credits des Projekts",
  measuredUntil: (when, ago) => `Gemessen bis ${when}, ${ago}.`,
  neverMeasured: "Bisher wurde nichts gemessen.",
  siteSilent: (site, since) => `${site}: schweigt seit ${since}.`,
  timeZone: "Zeitzone",
  show: "Anzeigen",

  left: "Übrig",
  over: "Überzogen",
  overBy: (credits) => `${credits} zu viel`,
  overSince: (when) => `Überzogen seit ${when}.`,
  used: "Verbraucht",
  ofGranted: (granted, used) => `von ${granted} bewilligten; ${used} verbraucht`,
  noGrant: (used) => `Noch wurden keine Credits bewilligt; ${used} verbraucht.`,
  pending: (credits) =>
    `${credits} offen: Ein Zähler ist gefallen; in wenigen Stunden ist entschieden, ob sie zählen.`,
  held: (credits) => `${credits} zurückgehalten: Ein Zähler stieg stärker, als es sein kann.`,

  goneAbout: "Reicht etwa bis",
  between: (earliest, latest) => `Zwischen ${earliest} und ${latest}`,
  notBefore: (earliest) => `Nicht vor ${earliest}`,
  ifItGoesOn: "wenn es weitergeht wie am letzten Tag, in der letzten Woche oder im letzten Monat.",
  isGone: "Alles ist verbraucht.",
  noDate: "Kein Datum",
  noDateWithoutGrant: "Ohne Bewilligung gibt es nichts, das enden könnte.",
  noDateWithoutUsage:
    "In den letzten 30 Tagen wurde nichts verbraucht; daher lässt sich kein Datum nennen.",
  moreThanTenYears: "Wenn es so weitergeht, in mehr als zehn Jahren.",
  tooLittle: "Seit weniger als einem Tag gemessen: zu wenig für eine Aussage.",

  nowCosts: "Kostet zurzeit",
  aDay: (credits) => `${credits} am Tag`,
  lastWeek: "Mittel der letzten 7 Tage",
  moreThanBefore: (percent) => `${percent} mehr als in den 7 Tagen davor.`,
  lessThanBefore: (percent) => `${percent} weniger als in den 7 Tagen davor.`,
  sameAsBefore: "so viel wie in den 7 Tagen davor.",
  nothingBefore: "nichts in den 7 Tagen davor.",

  whenGone: "Wann alles verbraucht ist",
  usedAgainstGranted: "Verbrauchte und bewilligte Credits",
  granted: (credits) => `bewilligt ${credits}`,
  expected: "erwartet",
  correctedHere: "von Hand angepasst",

  spentOn: "Wofür",
  ranges: { day: "Tag", week: "Woche", month: "Monat", year: "Jahr" },
  earlier: "Früher",
  later: "Später",
  creditsPer: {
    hour: "Credits je Stunde",
    day: "Credits je Tag",
    month: "Credits je Monat",
  },
  fromUntil: (from, until) => `${from} bis ${until}`,
  nothingInRange: "In diesem Zeitraum wurde nichts verbraucht.",
  hint: "Über Balken ziehen, um näher hinzusehen. Mit der Tastatur: Pfeile gehen nach links und rechts, Umschalt und Pfeile markieren, Eingabe öffnet.",
  incomplete: "unvollständig",
  noData: "keine Daten",
  corrected: "berichtigt",
  adjustments: "Anpassungen",
  metrics: { project_vcpu_usage: "vCPU", project_mb_usage: "Arbeitsspeicher" },

  table: "Tabelle",
  files: { csv: "CSV", "csv-excel": "CSV für Excel mit Dezimalkomma" },
  start: "Beginn",
  credits: "Credits",
  sum: "Summe",
  remarks: "Bemerkungen",
  closer: "näher",

  whyThisMuch: "Warum so viel?",
  creditsUsed: (credits) => `${credits} Credits`,
  rule: "Regel",
  rules: {
    baseline: "Erste Messung",
    increase: "Anstieg",
    dip: "Einbruch",
    reset: "Neubeginn",
    open: "Abfall, unentschieden",
    held: "Zurückgehalten",
    rejected: "Abgelehnt",
    gauge: "In Benutzung",
    "gauge-gap": "In Benutzung, mit Lücke",
    delta: "Gemeldeter Verbrauch",
    removed: "Entfernte Messungen",
  },
  measured: "Gemessen",
  calculated: "Rechnung",
  usage: "Verbrauch",
  measurements: {
    removed: "Die Messungen dieser Stunde sind zu alt und wurden entfernt. Die Summe bleibt.",
    damaged: "Die Messungen dieser Stunde sind nicht lesbar. Die Summe bleibt.",
  },
  calculation: {
    baseline: "die erste Messung: Hier beginnt die Zählung, und noch ist nichts verbraucht",
    removed: "die Messungen davor wurden entfernt; ihre Summe bleibt",
    reported: (amount) => `${amount} wurde als Verbrauch gemeldet`,
    dip: (peak, within) => `fiel unter ${peak} und war ${within} zurück`,
    reset: (peak, low, within) =>
      `fiel von ${peak} auf ${low} und war ${within} nicht zurück: Die Zählung beginnt neu, und nichts ist verbraucht`,
    open: (peak, within) =>
      `fiel unter ${peak}; ob es ${within} zurückkommt, ist noch offen, so lange ist nichts verbraucht`,
    held: (maxRate) =>
      `das ist schneller als ${maxRate} je Stunde, also zurückgehalten, bis jemand entscheidet`,
    rejected: (maxRate) =>
      `das ist schneller als ${maxRate} je Stunde, und es wurde entschieden, dass es nicht zählt`,
    accepted: "es wurde entschieden, dass es zählt",
    inUse: (value, length) => `${value} in Benutzung für ${length}`,
    atMost: (length) => `, weil ein Wert höchstens ${length} gilt`,
    share: "in diesem Teil",
    credits: (product) => `${product} Credits`,
    free: "vor dem ersten Preis kostet es nichts",
    within: (length) => `innerhalb von ${length}`,
    atNextMeasurement: "bei der nächsten Messung",
    atAnyTime: "jemals",
    units: { minutes: "Minuten", seconds: "Sekunden", milliseconds: "Millisekunden" },
  },
  price: (credits, since) =>
    `Preis${since === null ? "" : ` seit ${since}`}: ${credits} Credits je Einheit`,
  decisions: {
    discarded: "Messungen zählen nicht",
    accepted: "ein zurückgehaltener Anstieg zählt",
    rejected: "ein zurückgehaltener Anstieg zählt nicht",
  },

  statements: "Abrechnungen der Monate",
  statement: "Abrechnung",
  states: {
    open: "Sie ist offen: Verspätete Messungen können sie noch ändern.",
    closed:
      "Sie ist geschlossen und ändert sich nie mehr. Spätere Berichtigungen stehen in der nächsten.",
  },
  entry: "Posten",
  usedBefore: "Vorher verbraucht",
  usedAfter: "Am Ende verbraucht",
  correctionOf: (month) => `Berichtigung von ${month}`,
  remaining: (credits) => `${credits} übrig.`,

  linkOpens: (until) => `Dieser Link öffnet dieses Projekt bis ${until} und zeigt sonst nichts.`,

  records: "Berichtigungen und Bewilligungen",
  noRecords: "Es gibt keine.",
  grantSet: (credits) => `${credits} bewilligt`,
  adjusted: (credits) => `Angepasst um ${credits}`,
  hoursCorrected: (before, after) => `aus ${before} wurden ${after}`,
  by: (actor) => `von ${actor}`,
  reasons: {
    late: "Messungen kamen verspätet",
    "re-rating": "neue Preise für vergangene Stunden",
    discard: "Messungen wurden verworfen",
    hold: "über einen zurückgehaltenen Anstieg wurde entschieden",
  },

  login: "Für Betreiber",
  key: "Schlüssel",
  open: "Öffnen",
  refusals: {
    "key-missing": {
      title: "Diese Seite braucht einen Link",
      advice: "Öffnen Sie sie über den Link in einer Nachricht, oder fragen Sie nach einem.",
    },
    "link-invalid": {
      title: "Dieser Link öffnet diese Seite nicht",
      advice: "Er ist unvollständig oder wurde widerrufen. Fragen Sie nach einem neuen.",
    },
    "key-unknown": {
      title: "Dieser Schlüssel ist hier nicht bekannt",
      advice: "Vielleicht wurde er ersetzt.",
    },
    "link-expired": {
      title: "Dieser Link ist abgelaufen",
      advice: "Fragen Sie nach einem neuen.",
    },
    "project-unknown": {
      title: "Dieses Projekt gibt es nicht",
      advice: "Für ein Projekt dieses Namens wurde noch nichts gemessen.",
    },
    unavailable: {
      title: "Die Zahlen sind gerade nicht zu lesen",
      advice: "Nichts geht verloren. Versuchen Sie es in einer Minute noch einmal.",
    },
    other: { title: "Diese Seite kann nicht gezeigt werden", advice: "Der Grund:" },
  },
};
