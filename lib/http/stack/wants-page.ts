import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** Whether it is a browser that asks, for a person. */
export const wantsPage = ({ headers }: APIGatewayProxyEventV2): boolean =>
  /\btext\/html\b/.test(headers["accept"] ?? "");
