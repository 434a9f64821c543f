import { remoteWriteScenario } from "./remote-write-scenario.ts";

// Without a word in its configuration every Prometheus speaks 1.0.
remoteWriteScenario("remote write 1.0", {});
