// jest would load a TypeScript file as CommonJS here; Node loads it as it is.
export { startServers as default } from "./servers.ts";
