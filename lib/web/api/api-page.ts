import type { Assets } from "../assets.ts";
import { type Html, html } from "../html.ts";
import { documentOf } from "../shell.ts";
import type { ApiDescription, Contents, Operation, Parameter, Schema } from "./api-description.ts";

/** The description of the API as a page. */
export function apiDocument({ info, paths, components }: ApiDescription, assets: Assets): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const body = html`<header><h1>${info.title}: API</h1></header>
<p>${marked(info.description)} <a href="/openapi.json">openapi.json</a></p>
<section><h2>Routes</h2>
${tableOf(
  ["Route", "What it does"],
  operations.map(({ route, operation }) => [
    html`<a href="#${operation.operationId}"><code>${route}</code></a>`,
    operation.summary,
  ]),
)}</section>
${operations.map(({ route, operation }) => operationSection(route, operation))}
<h2>Schemas</h2>
${Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema))}`;
  return documentOf({ title: `${info.title}: API`, language: "en", body }, assets);
}

function operationSection(route: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<section id="${operationId}"><h2><code>${route}</code></h2>
<p>${summary} ${description}</p>
<pre><code>${curlOf(route, operation)}</code></pre>
${
  parameters.length > 0 &&
  tableOf(["Parameter", "In", "Value", "Meaning"], parameters.map(parameterRow))
}
${requestBody && html`<h3>Body</h3>${tableOf(["Type", "Value"], contentRows(requestBody.content))}`}
<h3>Answers</h3>
${tableOf(
  ["Status", "Meaning", "Body"],
  Object.entries(responses).map(([status, { description: meaning, content = {} }]) => [
    status,
    marked(meaning),
    html`${contentRows(content).map(([type, value]) => html`<div>${type} ${value}</div>`)}`,
  ]),
)}</section>
`;
}

const parameterRow = ({ name, in: place, required, description, schema }: Parameter) => [
  html`<code>${name}</code>${required && " (required)"}`,
  place,
  shownValue(schema),
  marked(description),
];

const contentRows = (content: Contents): Html[][] =>
  Object.entries(content).map(([type, { schema }]) => [
    html`<code>${type}</code>`,
    shownValue(schema),
  ]);

function schemaSection(name: string, schema: Schema): Html {
  const { properties = {}, required = [], description = "" } = schema;
  const rows = Object.entries(properties).map(([field, value]) => [
    html`<code>${field}</code>${!required.includes(field) && " (perhaps)"}`,
    shownValue(value),
    marked(value.description ?? ""),
  ]);
  const content =
    rows.length > 0 ? tableOf(["Field", "Value", "Meaning"], rows) : shownValue(schema);
  return html`<section id="${name}"><h3>${name}</h3>${description && html`<p>${marked(description)}</p>`}
${content}</section>
`;
}

/** What a value may be, in words; of a named schema a link to it. */
function shownValue(schema: Schema): Html {
  const { $ref, items, anyOf, enum: names, properties, additionalProperties, examples } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return html`<a href="#${name}">${name}</a>`;
  }
  if (names !== undefined)
    return html`${names.filter(Boolean).map((name) => html`<code>${name}</code> `)}`;
  if (anyOf !== undefined) {
    return html`${anyOf.map((one, index) => html`${index > 0 && " or "}${shownValue(one)}`)}`;
  }
  if (items !== undefined) return html`array of ${shownValue(items)}`;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(
      ([field, value]) => html`<li><code>${field}</code>: ${shownValue(value)}</li>`,
    );
    return html`object<ul>${fields}</ul>`;
  }
  if (typeof additionalProperties === "object") {
    return html`object of ${shownValue(additionalProperties)}`;
  }
  const example = examples?.[0];
  return html`${[schema.type ?? "any"].flat().join(" or ")}${example && html` such as <code>${example}</code>`}`;
}

/** What a person types into a shell. */
function curlOf(route: string, { parameters, requestBody, security }: Operation): string {
  const [method = "", path = ""] = route.split(" ");
  const asked = parameters.filter(({ in: place, required }) => place === "query" && required);
  const query = asked.map(({ name, schema }) => `${name}=${exampleOf(name, schema)}`).join("&");
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => exampleOf(name, {}));
  const [type] = Object.keys(requestBody?.content ?? {});
  return [
    "curl",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(security.length > 0 ? ['-H "X-API-KEY: $KEY"'] : []),
    ...(type === undefined ? [] : [`-H 'Content-Type: ${type}' --data-binary @body`]),
    `"$CREDITS${address}${query && `?${query}`}"`,
  ].join(" ");
}

const pathExamples: Readonly<Record<string, string>> = {
  project_name: "genomics",
  month: "2026-10",
};
const exampleOf = (name: string, { examples }: Schema): string =>
  pathExamples[name] ?? examples?.[0] ?? name;

/** Text whose `code` is shown as such. */
const marked = (text: string): Html =>
  html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

const tableOf = (heads: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html =>
  html`<div class="api" tabindex="0" role="group" aria-label="${heads[0]}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
