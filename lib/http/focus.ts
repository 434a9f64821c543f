import {
  CREDITS_SCALE,
  divideHalfEven,
  formatDecimal,
  PRICE_SCALE,
  parseDecimal,
  VALUE_SCALE,
} from "../billing/decimal.ts";
import { type ReadVariable, readAll, text } from "../config.ts";
import { utcText } from "../usecases/reading/calendar.ts";
import { type CsvCell, csvAnswer } from "./csv.ts";
import type { HttpAnswer } from "./stack/answer.ts";

/** How a FOCUS file names this installation, and what a credit is worth. */
export interface FocusSettings {
  readonly provider: string;
  /** ISO 4217. FOCUS bills in national currencies only. */
  readonly currency: string;
  /** Of a credit in that currency, at PRICE_SCALE; 0: credits are not sold. */
  readonly creditValue: bigint;
}

export const readFocusSettings = (read: ReadVariable): FocusSettings =>
  readAll({ provider: readProvider, currency: readCurrency, creditValue: readCreditValue }, read);

const readProvider = (read: ReadVariable): string =>
  text(read, "FOCUS_PROVIDER") ?? "OpenStack Credits";

function readCurrency(read: ReadVariable): string {
  const currency = text(read, "FOCUS_CURRENCY") ?? "EUR";
  if (/^[A-Z]{3}$/.test(currency)) return currency;
  throw new Error("FOCUS_CURRENCY must be a national currency such as EUR");
}

function readCreditValue(read: ReadVariable): bigint {
  const value = text(read, "FOCUS_CREDIT_VALUE") ?? "0";
  if (/^\d{1,6}(\.\d{1,12})?$/.test(value)) return parseDecimal(value, PRICE_SCALE);
  throw new Error("FOCUS_CREDIT_VALUE must be what a credit is worth, such as 0.05");
}

/** What was used of a metric, or changed without usage. Times in Unix milliseconds. */
export interface FocusCharge {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The month that it is billed in. */
  readonly billedFromMs: number;
  readonly billedUntilMs: number;
  readonly description: string;
  /** Whether it belongs to a month that was closed before. */
  readonly isCorrection: boolean;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
  /** null: changed by hand. */
  readonly usage: FocusUsage | null;
}

export interface FocusUsage {
  readonly metric: string;
  readonly unit: string;
  readonly site: string;
  readonly resource: string;
  /** At VALUE_SCALE. */
  readonly amount: bigint;
  /** At PRICE_SCALE; null: there were several. */
  readonly price: bigint | null;
}

type Columns = Readonly<Record<string, CsvCell>>;

/** The charges in the columns of FOCUS 1.2, to which those of 1.3 are added that name the provider. */
export function focusAnswer(
  fileName: string,
  projectName: string,
  charges: readonly FocusCharge[],
  settings: FocusSettings,
): HttpAnswer {
  const installation = ofInstallation(settings, projectName);
  const rowOf = (charge: FocusCharge): Columns => ({
    ...installation,
    ...ofCharge(charge),
    ...ofUsage(charge, settings),
  });
  const columns = Object.keys(rowOf(noCharge)).sort();
  const cells = charges.map((charge) => {
    const row = rowOf(charge);
    return columns.map((column) => row[column] ?? empty);
  });
  return csvAnswer("csv", fileName, columns, cells);
}

/** A file without charges has its columns all the same. */
const noCharge: FocusCharge = {
  fromMs: 0,
  untilMs: 0,
  billedFromMs: 0,
  billedUntilMs: 0,
  description: "",
  isCorrection: false,
  credits: 0n,
  usage: null,
};

const empty: CsvCell = { text: "" };
const cell = (value: string): CsvCell => ({ text: value });
const amount = (value: bigint, scale: number): CsvCell => ({ amount: formatDecimal(value, scale) });

const ofInstallation = ({ provider, currency }: FocusSettings, projectName: string): Columns => ({
  BillingAccountId: cell(provider),
  BillingAccountName: cell(provider),
  BillingCurrency: cell(currency),
  // The validator takes three capital letters only, also for a virtual currency.
  PricingCurrency: cell("CRD"),
  ProviderName: cell(provider),
  PublisherName: cell(provider),
  InvoiceIssuerName: cell(provider),
  ServiceProviderName: cell(provider),
  HostProviderName: cell(provider),
  InvoiceId: empty,
  SubAccountId: cell(projectName),
  SubAccountName: cell(projectName),
  ServiceCategory: cell("Compute"),
  ServiceSubcategory: cell("Virtual Machines"),
  ServiceName: cell("OpenStack Compute"),
  Tags: cell("{}"),
  // Without this column the validator refuses consumed quantities.
  CommitmentDiscountStatus: empty,
});

const ofCharge = (charge: FocusCharge): Columns => ({
  BillingPeriodStart: cell(utcText(charge.billedFromMs)),
  BillingPeriodEnd: cell(utcText(charge.billedUntilMs)),
  ChargePeriodStart: cell(utcText(charge.fromMs)),
  ChargePeriodEnd: cell(utcText(charge.untilMs)),
  ChargeDescription: cell(charge.description),
  ChargeCategory: cell(charge.usage === null ? "Adjustment" : "Usage"),
  ChargeClass: cell(charge.isCorrection ? "Correction" : ""),
  ChargeFrequency: cell(charge.usage === null ? "One-Time" : "Usage-Based"),
  PricingCurrencyEffectiveCost: amount(charge.credits, CREDITS_SCALE),
});

function ofUsage({ credits, usage }: FocusCharge, { creditValue }: FocusSettings): Columns {
  const cost = amount(credits * creditValue, CREDITS_SCALE + PRICE_SCALE);
  const price = usage && priceOf(usage, credits);
  const money = price === null ? empty : amount(price * creditValue, 2 * PRICE_SCALE);
  const priced = price === null ? "" : formatDecimal(price, PRICE_SCALE);
  const unitPrice = price === null ? empty : { amount: priced };
  const quantity = usage ? amount(usage.amount, VALUE_SCALE) : empty;
  const unit = cell(usage ? unitOf(usage.unit) : "");
  return {
    BilledCost: cost,
    EffectiveCost: cost,
    ListCost: cost,
    ContractedCost: cost,
    ListUnitPrice: money,
    ContractedUnitPrice: money,
    PricingQuantity: quantity,
    PricingUnit: unit,
    ConsumedQuantity: quantity,
    ConsumedUnit: unit,
    PricingCategory: cell(usage ? "Standard" : ""),
    PricingCurrencyListUnitPrice: unitPrice,
    PricingCurrencyContractedUnitPrice: unitPrice,
    SkuId: cell(usage?.metric ?? ""),
    SkuMeter: unit,
    SkuPriceId: cell(usage ? `${usage.metric}@${priced}` : ""),
    SkuPriceDetails: cell(usage ? "{}" : ""),
    RegionId: cell(usage?.site ?? ""),
    RegionName: cell(usage?.site ?? ""),
    ResourceId: cell(usage?.resource ?? ""),
    ResourceName: cell(usage?.resource ?? ""),
    ResourceType: cell(usage?.resource ? "OpenStack project" : ""),
    x_Metric: cell(usage?.metric ?? "adjustment"),
  };
}

/** Where there were several prices, what a unit cost on average. */
function priceOf({ amount: used, price }: FocusUsage, credits: bigint): bigint {
  if (price !== null) return price;
  return used === 0n ? 0n : divideHalfEven(credits, used);
}

/** As FOCUS writes units: `VCPU-Hours`. */
const unitOf = (unit: string): string =>
  unit === "" ? "Units" : unit.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
