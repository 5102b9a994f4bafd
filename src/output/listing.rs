//! Lists: rows with named columns as a table, as TSV, CSV, JSON, JSON lines, or the ids alone. The first column is the id.
//!
//! In a table text is escaped and cut to the width; everywhere else nothing is cut or changed.

use std::io::Write;

use anyhow::Result;
use comfy_table::{Cell as TableCell, CellAlignment, ContentArrangement, Table};
use serde_json::{Map, Value};

use crate::text::{terminal, width};

/// The shapes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A table no wider than so many columns.
    Table(usize),
    /// Tab-separated with a header; tabs, newlines and backslashes in values are written as `\t`, `\n` and `\\`.
    Tsv,
    /// Comma-separated with a header.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// The first column alone.
    Ids,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing there.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A share or another broken number; it has to be finite.
    Real(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

impl Cell {
    fn plain(&self) -> String {
        match self {
            Cell::Null => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Real(number) => number.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::from(text.as_str()),
            Cell::Number(number) => Value::from(*number),
            Cell::Real(number) => Value::from(*number),
        }
    }
}

/// A list being written. Everything but a table streams.
pub struct Listing<'w> {
    out: &'w mut dyn Write,
    shape: Shape,
    columns: Vec<&'static str>,
    table: Vec<Vec<Cell>>,
    rows: u64,
}

/// A column of a table that needs no more than this, such as a date, is never cut.
const NARROW: usize = 10;
/// No column is cut to less than this.
const NARROWEST: usize = 8;

impl<'w> Listing<'w> {
    /// Begins a list with these columns.
    pub fn begin(out: &'w mut dyn Write, shape: Shape, columns: &[&'static str]) -> Result<Self> {
        let mut listing = Listing { out, shape, columns: columns.to_vec(), table: Vec::new(), rows: 0 };
        match shape {
            Shape::Tsv => writeln!(listing.out, "{}", columns.join("\t"))?,
            Shape::Csv => listing.csv(columns.iter().map(|name| (*name).to_owned()))?,
            Shape::Json => write!(listing.out, "[")?,
            Shape::Table(_) | Shape::Jsonl | Shape::Ids => {}
        }
        Ok(listing)
    }

    /// Adds a row with a cell for each column.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        let first = self.rows == 0;
        self.rows += 1;
        match self.shape {
            Shape::Table(_) => self.table.push(cells),
            Shape::Tsv => {
                let row: Vec<String> = cells.iter().map(|cell| tsv(&cell.plain())).collect();
                writeln!(self.out, "{}", row.join("\t"))?;
            }
            Shape::Csv => self.csv(cells.iter().map(Cell::plain))?,
            Shape::Json => {
                let comma = if first { "" } else { "," };
                write!(self.out, "{comma}\n{}", self.object(&cells))?;
            }
            Shape::Jsonl => writeln!(self.out, "{}", self.object(&cells))?,
            Shape::Ids => writeln!(self.out, "{}", cells.first().map(Cell::plain).unwrap_or_default())?,
        }
        Ok(())
    }

    /// Ends the list; gives the number of rows.
    pub fn end(self) -> Result<u64> {
        match self.shape {
            Shape::Table(columns) if self.rows > 0 => {
                for line in render(&self.columns, &self.table, columns).lines() {
                    writeln!(self.out, "{}", line.trim_end())?;
                }
            }
            Shape::Json if self.rows == 0 => writeln!(self.out, "]")?,
            Shape::Json => writeln!(self.out, "\n]")?,
            _ => {}
        }
        Ok(self.rows)
    }

    fn object(&self, cells: &[Cell]) -> Value {
        let fields = self.columns.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.json()));
        Value::Object(fields.collect::<Map<_, _>>())
    }

    fn csv(&mut self, fields: impl Iterator<Item = String>) -> Result<()> {
        let mut writer = csv::WriterBuilder::new().from_writer(&mut *self.out);
        writer.write_record(fields.collect::<Vec<_>>())?;
        Ok(writer.flush()?)
    }
}

fn tsv(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn render(columns: &[&str], rows: &[Vec<Cell>], room: usize) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.to_vec());
    let limits = limits(columns, rows, room);
    for row in rows {
        table.add_row(row.iter().zip(&limits).map(|(cell, limit)| match cell {
            Cell::Number(_) | Cell::Real(_) => TableCell::new(cell.plain()).set_alignment(CellAlignment::Right),
            other => {
                let line = other.plain().replace(['\n', '\t', '\r'], " ");
                TableCell::new(width::truncate(&terminal::escape(&line), *limit).into_owned())
            }
        }));
    }
    // Nothing before the first column; between the others two spaces.
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    table.to_string()
}

/// How wide each column may be so that the table fits: narrow columns whole, the others share the room that is left, and
/// the last, which holds what is read, gets two shares.
fn limits(columns: &[&str], rows: &[Vec<Cell>], room: usize) -> Vec<usize> {
    let mut wants: Vec<usize> = columns.iter().map(|name| name.len()).collect();
    for row in rows {
        for (want, cell) in wants.iter_mut().zip(row) {
            *want = (*want).max(cell.plain().chars().count());
        }
    }
    // Two columns of padding each.
    let mut room = room.saturating_sub(2 * wants.len());
    let last = wants.len().saturating_sub(1);
    let shares = |column: usize| if column == last { 2 } else { 1 };
    let mut open: Vec<usize> = (0..wants.len()).collect();
    loop {
        let all: usize = open.iter().map(|column| shares(*column)).sum();
        let share = room / all.max(1);
        let fits = |column: &usize| wants[*column] <= NARROW.max(share * shares(*column));
        let (whole, wide): (Vec<usize>, Vec<usize>) = open.iter().copied().partition(|column| fits(column));
        for column in &whole {
            room = room.saturating_sub(wants[*column]);
        }
        if whole.is_empty() || wide.is_empty() {
            for column in wide {
                wants[column] = (share * shares(column)).max(NARROWEST);
            }
            return wants;
        }
        open = wide;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: Shape) -> String {
        let mut out = Vec::new();
        let mut listing = Listing::begin(&mut out, shape, &["id", "title"]).unwrap();
        listing.row(vec!["p1".into(), "a\tb \"c\"\n\\".into()]).unwrap();
        listing.row(vec!["p2".into(), Cell::Null]).unwrap();
        assert_eq!(listing.end().unwrap(), 2);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_shape_keeps_the_values() {
        assert_eq!(written(Shape::Tsv), "id\ttitle\np1\ta\\tb \"c\"\\n\\\\\np2\t\n");
        assert_eq!(written(Shape::Csv), "id,title\np1,\"a\tb \"\"c\"\"\n\\\"\np2,\n");
        assert_eq!(written(Shape::Ids), "p1\np2\n");
        assert_eq!(
            written(Shape::Json),
            "[\n{\"id\":\"p1\",\"title\":\"a\\tb \\\"c\\\"\\n\\\\\"},\n{\"id\":\"p2\",\"title\":null}\n]\n"
        );
    }

    #[test]
    fn a_table_begins_at_the_edge_and_keeps_to_its_width() {
        let table = written(Shape::Table(80));
        assert_eq!(table, "id  title\np1  a b \"c\" \\\np2\n");
        let mut out = Vec::new();
        let mut listing = Listing::begin(&mut out, Shape::Table(40), &["id", "title", "url"]).unwrap();
        listing.row(vec!["p1".into(), "many words ".repeat(9).into(), "x".repeat(90).into()]).unwrap();
        listing.end().unwrap();
        let lines = String::from_utf8(out).unwrap();
        assert!(lines.lines().all(|line| width::width(line) <= 40), "{lines}");
    }

    #[test]
    fn a_table_fits_the_screen_and_keeps_narrow_columns_whole() {
        let columns = ["id", "first", "source", "title"];
        let wide = || Cell::from("w".repeat(60));
        let rows = [vec!["p1".into(), "2024-03-02".into(), wide(), wide()]];
        assert_eq!(limits(&columns, &rows, 80), [2, 10, 20, 40]);
        assert_eq!(limits(&columns, &rows, 200), [2, 10, 60, 60]);
        assert_eq!(limits(&columns, &rows, 10), [2, 10, 8, 8]);
    }

    #[test]
    fn an_empty_json_list_is_a_list() {
        let mut out = Vec::new();
        Listing::begin(&mut out, Shape::Json, &["id"]).unwrap().end().unwrap();
        assert_eq!(out, b"[]\n");
    }
}
