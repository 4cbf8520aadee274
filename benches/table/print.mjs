// The table out of figures: text, and the number of rows that lack one.

/**
 * Reads the lines that measurements wrote. A figure that was measured twice is the later one; no
 * number at all is as good as none.
 */
export function read(text) {
  const figures = new Map();
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const { id, value, absent } = JSON.parse(line);
    const isFigure = typeof value === "number" && Number.isFinite(value);
    figures.set(id, isFigure ? { value } : { absent: absent ?? "it is no number" });
  }
  return figures;
}

/** Returns the cells of a row; `reached` is `no figure` where one of its figures is absent. */
export function cells({ name, asked, ids, show, reached }, figures) {
  const found = ids.map((id) => figures.get(id) ?? { absent: `nothing measured ${id}` });
  const lacking = found.filter(({ absent }) => absent !== undefined);
  if (lacking.length > 0) {
    const reasons = [...new Set(lacking.map(({ absent }) => absent))];
    return { name, asked, measured: `absent: ${reasons.join("; ")}`, reached: NONE };
  }
  const values = found.map(({ value }) => value);
  const word = reached === undefined ? "printed" : reached(...values) ? "yes" : "no";
  return { name, asked, measured: show(...values), reached: word };
}

const NONE = "no figure";

/** Returns the table as Markdown, and how many rows lack a figure. */
export function table(rows, figures) {
  const all = rows.map((row) => cells(row, figures));
  const lines = all.map(
    ({ name, asked, measured, reached }) =>
      `| ${[name, asked, measured, reached].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
  );
  return {
    text: ["| name | asked | measured | reached |", "|---|---|---|---|", ...lines].join("\n"),
    lacking: all.filter(({ reached }) => reached === NONE).length,
  };
}
