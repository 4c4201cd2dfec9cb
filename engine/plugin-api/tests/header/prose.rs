//! Documentation of Rust as that of C: without links, with the names that things have in C.

/// A line of documentation. `names` are pairs of what stands between backticks in Rust and in C.
pub fn to_c(line: &str, names: &[(String, String)]) -> String {
    let line = without_links(line).replace("**", "");
    let line = line.strip_prefix("# ").unwrap_or(&line);
    let named = |(index, part): (usize, &str)| {
        // Every second part stands between backticks.
        let name = names.iter().find(|(rust, _)| index % 2 == 1 && rust == part);
        name.map_or(part, |(_, c)| c).to_owned()
    };
    let parts: Vec<_> = line.split('`').enumerate().map(named).collect();
    parts.join("`")
}

/// `[text]` and `[text](target)` become `text`.
fn without_links(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once("[`") {
        plain += before;
        let (text, behind) = link.split_once(']').expect("a link ends in its line");
        plain += &format!("`{text}");
        rest = match behind.strip_prefix('(') {
            Some(target) => target.split_once(')').expect("a link ends in its line").1,
            None => behind,
        };
    }
    plain + rest
}

/// The lines of a page, with the columns of its table under each other.
pub fn aligned(page: &[String]) -> Vec<String> {
    let rows = page.iter().filter_map(|line| cells(line));
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(row.len().max(widths.len()), 0);
        for (width, cell) in widths.iter_mut().zip(&row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let align = |line: &String| {
        let Some(row) = cells(line) else {
            return line.clone();
        };
        let is_rule = row.iter().all(|cell| *cell == "---");
        let cells = row.iter().zip(&widths).map(|(cell, width)| match is_rule {
            true => "-".repeat(*width),
            false => format!("{cell:width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    page.iter().map(align).collect()
}

/// The cells of a line of a table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}
