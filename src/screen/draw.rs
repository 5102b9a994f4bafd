//! Puts the lines of a view on a terminal. Only this file names the drawing library.

use ratatui::Frame;
use ratatui::style::{Color, Modifier, Style};

use super::Screen;
use super::view::Tone;

/// Draws the screen; without colour, by bold, underlining and reversal alone.
pub fn draw(frame: &mut Frame<'_>, screen: &mut Screen, color: bool) {
    let area = frame.area();
    let lines = screen.view(usize::from(area.width), usize::from(area.height));
    let buffer = frame.buffer_mut();
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        let mut x = area.x;
        for (text, tone) in line.0 {
            if x >= area.right() {
                break;
            }
            (x, _) = buffer.set_stringn(x, y, &text, usize::from(area.right() - x), style(tone, color));
        }
    }
}

fn style(tone: Tone, color: bool) -> Style {
    let with = |hue: Color, modifier: Modifier| {
        let style = Style::new().add_modifier(modifier);
        if color { style.fg(hue) } else { style }
    };
    match tone {
        Tone::Plain => Style::new(),
        Tone::Dim => Style::new().add_modifier(Modifier::DIM),
        Tone::Title => Style::new().add_modifier(Modifier::BOLD),
        Tone::Id => with(Color::Cyan, Modifier::empty()),
        Tone::Author => with(Color::Green, Modifier::empty()),
        Tone::Alert => with(Color::Red, Modifier::BOLD),
        Tone::Mark => with(Color::Yellow, Modifier::BOLD | Modifier::UNDERLINED),
        Tone::Key => with(Color::Cyan, Modifier::BOLD),
    }
}
