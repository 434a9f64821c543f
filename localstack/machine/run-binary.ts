import { type SpawnOptions, spawn } from "node:child_process";

/** The program ended with an error, or could not be run at all. */
export class BinaryFailed extends Error {
  override readonly name = "BinaryFailed";
}

const outputCharactersMax = 20_000;

/** Runs a program to its end and returns what it wrote; throws `BinaryFailed` where it fails. */
export function runBinary(
  path: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "uid" | "gid" | "cwd"> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputCharactersMax);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (cause) =>
      reject(new BinaryFailed(`${path}: ${cause.message}`, { cause })),
    );
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new BinaryFailed(`${path} ended with ${code}: ${output.trim()}`));
    });
  });
}
