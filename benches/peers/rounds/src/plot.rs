//! The results as a picture: bars, in SVG. The same figures give the same bytes.

use std::fmt::{self, Write};

use crate::OURS;
use crate::results::Results;

// All lengths are in pixels.
const WIDTH: f64 = 900.0;
/// Where the bars begin; the names stand to the left.
const LEFT: f64 = 170.0;
/// What a ratio of 1 is long.
const UNIT: f64 = 260.0;
/// Longer bars are cut, and say so.
const LONGEST: f64 = 2.3;
const BAR: f64 = 15.0;
const TITLE: f64 = 30.0;

/// Bars of the ratios to the baseline, a group for each workload.
///
/// # Errors
///
/// None, where `out` has none: a `String` has not.
pub fn svg(out: &mut impl Write, all: &[Results]) -> fmt::Result {
    let bars: usize = all.iter().map(|results| results.rows().len()).sum();
    let height = 50.0 + bars as f64 * BAR + all.len() as f64 * TITLE;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" font-family="sans-serif" font-size="11">"#
    )?;
    writeln!(out, r#"<rect width="{WIDTH:.0}" height="{height:.0}" fill="white"/>"#)?;
    text(
        out,
        10.0,
        22.0,
        "bold",
        "time (or memory) relative to the baseline; shorter is better; dashed: baseline (black), goal (orange)",
    )?;
    let mut y = 40.0;
    for results in all {
        y = group(out, results, y)?;
    }
    writeln!(out, "</svg>")
}

/// Draws a workload from `y` down, and says where it ends.
fn group(out: &mut impl Write, results: &Results, mut y: f64) -> Result<f64, fmt::Error> {
    let workload = results.workload;
    let title = format!("{} (baseline: {})", workload.title, workload.baseline);
    text(out, 10.0, y + TITLE - 11.0, "bold", &title)?;
    y += TITLE;
    let rows = results.rows();
    let bottom = y + rows.len() as f64 * BAR;
    marker(out, 1.0, "black", y, bottom)?;
    marker(out, workload.goal, "#c2410c", y, bottom)?;
    for row in rows {
        text(out, 10.0, y + BAR - 4.0, "normal", row.contestant)?;
        match row.figures {
            Ok(figures) => {
                let ratio = figures.ratio.unwrap_or(0.0);
                let colour = if row.contestant == OURS { "#c2410c" } else { "#94a3b8" };
                let (length, height) = (ratio.min(LONGEST) * UNIT, BAR - 3.0);
                writeln!(
                    out,
                    r#"<rect x="{LEFT:.0}" y="{y:.0}" width="{length:.1}" height="{height:.0}" fill="{colour}"/>"#
                )?;
                let cut = if ratio > LONGEST { "... " } else { "" };
                let label = format!("{cut}{ratio:.2} ({:.1} {})", figures.median, workload.unit.symbol());
                text(out, LEFT + length + 4.0, y + BAR - 4.0, "normal", &label)?;
            }
            Err(reason) => text(out, LEFT, y + BAR - 4.0, "normal", &format!("n/a: {reason}"))?,
        }
        y += BAR;
    }
    Ok(y)
}

/// A dashed line at a ratio: the baseline, or the goal.
fn marker(out: &mut impl Write, ratio: f64, colour: &str, top: f64, bottom: f64) -> fmt::Result {
    let x = LEFT + ratio * UNIT;
    writeln!(
        out,
        r#"<line x1="{x:.1}" x2="{x:.1}" y1="{top:.0}" y2="{bottom:.0}" stroke="{colour}" stroke-dasharray="3 3"/>"#
    )
}

fn text(out: &mut impl Write, x: f64, y: f64, weight: &str, text: &str) -> fmt::Result {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(out, r#"<text x="{x:.0}" y="{y:.0}" font-weight="{weight}">{text}</text>"#)
}
