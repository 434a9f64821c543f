import type { Mutation } from "./mutation.ts";

export const http: readonly Mutation[] = [
  {
    id: "H04",
    file: "lib/http/stack/rate-limiting.ts",
    from: `keyId === "anonymous" ? \`address \${event.requestContext.http.sourceIp}\` : \`key \${keyId}\``,
    to: `\`key \${keyId}\``,
    harm: "one sender without a key shuts out all others",
    tests: ["unit/http/stack/rate-limiting.test.ts"],
  },
  {
    id: "H11",
    file: "lib/http/stack/rate-limiting.ts",
    from: `    const state = limiter.take(rateLimited(event, context.caller));
`,
    to: `    if (context.caller.keyId === "anonymous") return;
    const state = limiter.take(rateLimited(event, context.caller));
`,
    harm: "who has no key is not limited at all",
    tests: ["integration/http/rate-limit.test.ts", "unit/http/stack/rate-limiting.test.ts"],
  },
  {
    id: "H12",
    file: "lib/http/stack/rate-limiter.ts",
    from: `    bucket.left -= 1;
`,
    to: "",
    harm: "nobody is limited",
    tests: ["unit/http/stack/rate-limiter.test.ts"],
  },
  {
    id: "H60",
    file: "lib/http/stack/read-access.ts",
    from: "    if (caller.link !== undefined && caller.link.projectName !== projectName) throw linkInvalid();\n",
    to: "",
    harm: "a link to one project opens all others of its generation",
    tests: ["integration/http/project-access.test.ts"],
  },
  {
    id: "H61",
    file: "lib/http/stack/read-access.ts",
    from: "if (expiresMs <= Date.now()) throw linkExpired(expiresMs);",
    to: "",
    harm: "links never end",
    tests: ["integration/http/project-access.test.ts"],
  },
  {
    id: "H62",
    file: "lib/http/stack/signed-token.ts",
    from: `openstack-credits \${purpose} v1`,
    to: "openstack-credits v1",
    harm: "a token for one purpose opens what another protects",
    tests: ["integration/http/project-access.test.ts"],
  },
];
