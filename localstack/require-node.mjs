// Preloaded by `npm start`, and in plain JavaScript, because an older Node cannot even read the program.
// The npm package node provides the right one; if its install script did not run, npm uses the system's.
const majorNeeded = 24;

if (Number.parseInt(process.versions.node, 10) < majorNeeded) {
  process.stderr.write(
    `Node ${majorNeeded} is missing and this is Node ${process.versions.node}: the install script of the npm package node did not run, so run npm rebuild --ignore-scripts=false node.\n`,
  );
  process.exit(1);
}
