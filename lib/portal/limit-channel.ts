import type { ReadVariable } from "../config.ts";
import { type Channel, DeliveryFailed, type Notice } from "../usecases/notices/notice.ts";
import { formBody } from "./form-body.ts";
import { type PortalAnswer, portalTimeouts, requestPortal } from "./portal-request.ts";
import { type PortalEndpoint, readPortalNoticeSettings } from "./portal-settings.ts";
import { pythonFloat } from "./python-float.ts";

/** The two limits that the portal knows, by their threshold in percent of the granted credits. */
const limitTypes: ReadonlyMap<string, string> = new Map([
  ["50", "half limit reached"],
  ["100", "full limit reached"],
]);

/** The channel of the portal in the environment. */
export const readPortalChannels = (read: ReadVariable): readonly Channel[] =>
  portalChannels(readPortalNoticeSettings(read));

/** The portal's own channel, `POST /credits-limit/`; none without settings. */
export function portalChannels(
  settings: PortalEndpoint | undefined,
  timeouts = portalTimeouts,
): readonly Channel[] {
  if (settings === undefined) return [];
  return [
    {
      name: "portal",
      takes: (notice) => limitTypeOf(notice) !== undefined,
      send: (notice) => sendLimit(settings, notice, timeouts),
    },
  ];
}

function limitTypeOf(notice: Notice): string | undefined {
  if (notice.type !== "limit.reached") return undefined;
  return limitTypes.get(notice.threshold.replace(/\.0*$/, ""));
}

async function sendLimit(
  settings: PortalEndpoint,
  notice: Notice,
  timeouts: typeof portalTimeouts,
): Promise<void> {
  const limitType = limitTypeOf(notice);
  if (notice.type !== "limit.reached" || limitType === undefined) {
    throw new DeliveryFailed("notice", "The portal is told of the limits 50 and 100 only");
  }
  const body = formBody([
    ["project_name", notice.projectName],
    ["granted_credits", pythonFloat(notice.grantedCredits)],
    ["used_credits", pythonFloat(notice.usedCredits)],
    // Python's clock tells microseconds; the digits of a quotient behind them mean nothing.
    ["timestamp", pythonFloat((notice.atMs / 1_000).toFixed(6))],
    ["limit_type", limitType],
  ]);
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "X-Api-Key": settings.apiKey,
    // The same at every try, so that a portal that looks at it can tell a repetition from a new limit.
    "Idempotency-Key": notice.id,
  };
  checkTaken(await post(settings.url, headers, body, timeouts));
}

async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeouts: typeof portalTimeouts,
): Promise<PortalAnswer> {
  try {
    return await requestPortal(url, { method: "POST", headers, body }, timeouts);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new DeliveryFailed("receiver", `The portal was not reached: ${code ?? message}`, {
      cause,
    });
  }
}

/** Answers that are not about the notice itself: the key, the address, too many requests, too slow. */
const aboutReceiver = new Set([401, 403, 404, 405, 407, 408, 429]);

/** Only 200 counts, as in the service before: a redirect to a login page is no delivery. */
function checkTaken({ statusCode }: PortalAnswer): void {
  if (statusCode === 200) return;
  const isAboutNotice = statusCode >= 400 && statusCode < 500 && !aboutReceiver.has(statusCode);
  throw new DeliveryFailed(
    isAboutNotice ? "notice" : "receiver",
    `The portal answered ${statusCode} instead of 200`,
  );
}
