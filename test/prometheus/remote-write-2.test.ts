import { remoteWriteScenario } from "./remote-write-scenario.ts";

// From Prometheus 3 on.
remoteWriteScenario("remote write 2.0", { protobuf_message: "io.prometheus.write.v2.Request" });
