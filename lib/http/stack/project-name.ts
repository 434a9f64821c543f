import type { APIGatewayProxyEventV2 } from "aws-lambda";

/**
 * The project of the path, decoded, or of the query where the route has none; `""` where neither names
 * one. Names may hold `/`, `?` or `%2F`, which gateways and proxies take for parts of a path.
 */
export const projectNameOf = ({
  pathParameters,
  queryStringParameters,
}: APIGatewayProxyEventV2): string =>
  pathParameters?.["project_name"] ?? queryStringParameters?.["project_name"] ?? "";
