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
];
