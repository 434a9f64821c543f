/** The rows of a CSV by the names of its columns. None of its texts may have a quote, a comma or a line break. */
export function csvRows(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trimEnd().split("\r\n");
  const columns = head.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((value, index) => [columns[index], value])),
  );
}
